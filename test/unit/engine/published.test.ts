import { expect, test } from "vitest";
import type { Run } from "../../../src/engine/index.ts";
import { createWorld, id, kindOf, step, stepOf, type World } from "../../support/engine-world.ts";

// Whatever is asked of a run whose post is out, and whatever becomes of its process: no second create.

type Verb = Exclude<keyof Run, "runId" | "state" | "whenSettled" | "flushed">;

const posts = (world: World) => world.seen.creates.filter((create) => create.request.kind === "publish");
const specs = [
  step.generate("a"),
  step.edit("b", "local", "a"),
  step.publish("post", "b"),
  step.save("keep", "b"),
];

/** One entry per verb, so that a new one does not compile until it is tried here. */
const verbs: { readonly [Name in Verb]: (run: Run, world: World) => unknown } = {
  cancel: (run) => run.cancel(),
  retry: (run) => [...run.state().steps.keys()].map((stepId) => run.retry(stepId)),
  retryFailed: (run) => run.retryFailed(),
  retryLeft: (run) => run.retryLeft(),
  checkAgain: (run) => run.checkAgain(id("post")),
  approve: (run, world) => run.approve(id("post"), world.eventsOf("approval-given")[0]?.digest ?? ""),
  declineApproval: (run) => run.declineApproval(id("post")),
  settleDoubt: (run) => [run.settleDoubt(id("post"), "resend"), run.settleDoubt(id("post"), "skip")],
  settleDoubts: (run) =>
    [1, 2].map((attempt) => [
      run.settleDoubts([{ stepId: id("post"), attempt }], "resend"),
      run.settleDoubts([{ stepId: id("post"), attempt }], "skip"),
    ]),
  settlePost: (run) => [run.settlePost(id("post"), 1, "not-sent"), run.settlePost(id("post"), 1, "sent")],
  recheckPosts(run, world) {
    for (const row of world.seen.ledger.values()) run.recheckPosts(row);
  },
  fetchPreviewAgain: (run) => run.fetchPreviewAgain(id("post")),
  stop: (run) => run.stop(),
};

const cases = (["ask", "flag", "sandbox"] as const).flatMap((policy) =>
  Object.entries(verbs).map(([verb, give]) => ({ policy, verb, give })),
);

async function published(policy: "ask" | "flag" | "sandbox"): Promise<{ world: World; run: Run }> {
  const world = createWorld({ policy });
  const run = world.start(specs);
  await world.settle();
  const { status } = stepOf(run, "post");
  if (status.kind === "waiting-for-approval") run.approve(id("post"), status.post.digest);
  await world.settle();
  expect(kindOf(run, "post")).toBe("succeeded");
  expect(posts(world)).toHaveLength(1);
  return { world, run };
}

test.each(cases)(
  "under policy $policy, $verb sends nothing once the post is out",
  async ({ policy, give }) => {
    const { world, run } = await published(policy);
    give(run, world);
    await world.settle();
    // Twice, since what is refused at rest may be taken while something runs.
    give(run, world);
    await world.settle();
    expect(posts(world)).toHaveLength(1);
  },
);

test.each(
  (["ask", "flag", "sandbox"] as const).flatMap((policy) =>
    (["ask", "retry", "skip"] as const).flatMap((inDoubt) =>
      Object.entries(verbs).map(([verb, give]) => ({ policy, inDoubt, verb, give })),
    ),
  ),
)(
  "under policy $policy, a restart with --in-doubt $inDoubt and then $verb send nothing",
  async ({ policy, inDoubt, give }) => {
    const { world, run } = await published(policy);
    await run.stop();
    const resumed = world.resume(specs, { inDoubt });
    await world.settle();
    give(resumed, world);
    await world.settle();
    expect(posts(world)).toHaveLength(1);
  },
);

test.each(["ask", "flag", "sandbox"] as const)(
  "under policy %s, another run of the same graph asks before it posts the same media, and says when it was sent",
  async (policy) => {
    const { world } = await published(policy);
    const again = world.start(specs, { runId: "run-2" });
    await world.settle();
    expect(stepOf(again, "post").status).toMatchObject({
      kind: "waiting-for-approval",
      post: { lastSentAt: [...world.seen.ledger.values()][0]?.at },
    });
    expect(posts(world)).toHaveLength(1);
  },
);

test.each(["flag", "sandbox"] as const)(
  "killed at any moment and resumed, a run under policy %s posts once at most",
  async (policy) => {
    let moments = 1;
    for (let dieAt = 0; dieAt <= moments; dieAt++) {
      const world = createWorld({ policy });
      const mortal = world.process(dieAt);
      world.startIn(mortal, specs);
      await world.settle();
      moments = Math.max(moments, mortal.moments);
      mortal.kill();
      world.resume(specs, { inDoubt: "skip" });
      await world.settle();
      expect(posts(world).length).toBeLessThanOrEqual(1);
    }
    expect(moments).toBeGreaterThan(20);
  },
);
