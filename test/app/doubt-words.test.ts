import { expect, test } from "vitest";
import { choiceWords, riskWords } from "../../app/words/doubt-words.ts";
import type { StepState } from "../../src/engine/record.ts";
import { formatStepId } from "../../src/graph/plan/step-id.ts";

const stepOf = (more: Partial<StepState>): StepState => ({
  ...{ stepId: formatStepId("a", []), nodeId: "a", itemPath: [], type: "generate", title: "A", needs: [] },
  status: { kind: "waiting" },
  ...{ attempt: 1, outputs: [], previewFailures: {} },
  ...more,
});

test.each([
  [{ estimateMicrodollars: 40_000 }, "About $0.04 may have been charged."],
  [{ estimateMicrodollars: 400 }, "Less than $0.01 may have been charged."],
  [{ estimateMicrodollars: 0 }, "It is free, so nothing was charged."],
  [{}, "It may have been charged; the server names no price."],
])("a job in doubt with %j says: %s", (known, words) => {
  expect(riskWords(stepOf(known))).toBe(words);
});

test("a post in doubt names its account, and no choice of it sends anything by itself", () => {
  const post = stepOf({
    type: "publish",
    postTo: { platform: "tiktok", accountId: "7", accountName: "cat" },
  });
  expect(riskWords(post)).toBe("It may have gone out to @cat on TikTok.");
  expect(riskWords(stepOf({ type: "publish" }))).toBe("It may have gone out to the account.");
  expect(choiceWords(post).map(([choice]) => choice)).toEqual(["It went out", "It did not go out"]);
  expect(choiceWords(post)[1]?.[1]).toContain("asked");
});
