import { expect, test } from "vitest";
import { createEvidenceRoom } from "../../../src/studio/posts/evidence.ts";

test("a post of the ledger to a platform that is not known is told by its name, and looked for nowhere", async () => {
  const asked: unknown[] = [];
  const row = {
    ...{ runId: "run", stepId: "post", attempt: 1, scope: "scope", serverLabel: "Test", at: 1 },
    ...{ platform: "elsewhere", accountId: "account-1", product: "VIDEO", mediaSha256: "cafe" },
  };
  const room = createEvidenceRoom({
    // What is read before a platform is asked, and no more.
    library: { ledger: { ofRun: () => [row] }, runs: { get: () => undefined } } as never,
    clock: { now: () => 2 } as never,
    server: async () =>
      ({ scope: "scope", client: { publishes: async (...all: unknown[]) => asked.push(all) } }) as never,
  });
  await expect(room.of({ runId: "run", stepId: "post" })).rejects.toMatchObject({
    code: "platform-unknown",
    message: "This Catwalk does not know the platform “elsewhere”.",
    remedy: "Update Catwalk, or choose Instagram or TikTok. Or look at the account itself.",
  });
  expect(asked).toEqual([]);
});
