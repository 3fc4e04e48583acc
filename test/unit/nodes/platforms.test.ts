import { expect, test } from "vitest";
import { classOf, jobClassOf } from "../../../src/engine/polling/job-times.ts";
import { validate } from "../../../src/graph/check/validate.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../src/nodes/definitions.ts";
import { workOf } from "../../../src/nodes/executors.ts";
import { platformNames, platforms } from "../../../src/nodes/publish/platforms/platforms.ts";
import { publishTargets } from "../../../src/sandbox/publishing.ts";
import { graphOf, nodeOf } from "../../support/graph-builders.ts";

const publishing = (platform: unknown, params: object = {}) => ({
  ...{ platform, accountId: "account-1", caption: "Hello", params },
});
const media = (kind: "image" | "video") => ({ media: [{ type: "media", kind, sha256: "cafe" } as const] });

test("a platform that is not known is told by its name, and the node is never taken for another's", () => {
  const node = nodeOf("post", "publish", publishing("elsewhere"));
  const describe = describeNode(builtInCatalogue);
  expect(validate(graphOf([node], []), describe).filter(({ param }) => param === "platform")).toMatchObject([
    {
      severity: "error",
      message: "This Catwalk does not know the platform “elsewhere”.",
      remedy: "Update Catwalk, or choose Instagram or TikTok.",
    },
  ]);
  expect(describe(node)?.title).toBe("Publish to elsewhere");
  expect(describe(node)?.params["platform"]).toBe("elsewhere");
  expect(workOf("publish", publishing("elsewhere"), media("video"))).toEqual({
    kind: "impossible",
    message: "This Catwalk does not know the platform “elsewhere”.",
    remedy: "Update Catwalk, or choose Instagram or TikTok. Nothing was sent.",
  });
});

const possible = platformNames.flatMap((platform) =>
  platforms[platform].kinds.flatMap((kind) =>
    [{}, { product: "STORIES", postMode: "inbox" }].map((params) => [platform, kind, params] as const),
  ),
);
test.each(possible)(
  "how long a post to %s of %s with %j took is found again before the next one",
  (...one) => {
    const [platform, kind, params] = one;
    const work = workOf("publish", publishing(platform, params), media(kind));
    const looked = jobClassOf(
      "publish",
      { kind: "impossible", message: "", remedy: "" },
      publishing(platform, params),
    );
    expect(looked).toContainEqual(classOf(work, { kind: "publish", id: "job" }));
  },
);

test("times that were kept before are found under the names of then", () => {
  const names = (platform: string, params: object = {}) =>
    jobClassOf("publish", { kind: "impossible", message: "", remedy: "" }, publishing(platform, params)).map(
      ({ model }) => model,
    );
  expect(names("instagram")).toEqual(["instagram product=REELS", "instagram product=IMAGE"]);
  expect(names("instagram", { product: "STORIES" })).toEqual(["instagram product=STORIES"]);
  expect(names("tiktok", { postMode: "direct" })).toEqual(["tiktok"]);
  expect(names("elsewhere")).toEqual([]);
});

test.each(platformNames)("the sandbox answers %s by the names that the client asks with", (name) => {
  const { api, kinds, sandboxAccountId } = platforms[name];
  const target = publishTargets[name];
  expect([target.accountField, target.idField, target.cursorField, target.kinds]).toEqual([
    ...[api.accountField, api.postField, api.cursorField, kinds],
  ]);
  expect(target.accounts("any key")[0]).toMatchObject({ [api.accountField]: sandboxAccountId });
});
