import fc from "fast-check";
import { expect, test } from "vitest";
import type { Run } from "../../../src/engine/index.ts";
import type { RunEvent, StepState } from "../../../src/engine/record.ts";
import { foldEvents, foldRun } from "../../../src/engine/record.ts";
import type { StepId } from "../../../src/graph/plan/plan.ts";
import {
  type CreateRule,
  createWorld,
  id,
  type JobRule,
  remoteFailure,
  type World,
} from "../../support/engine-world.ts";
import { nameOf, nodeSpecs, specsOf } from "../../support/node-specs.ts";

/** Random graphs × random luck × random commands: whatever happens, the rules about money hold. */

type Verb = "cancel" | "retry" | "checkAgain" | "approve" | "decline" | "resend" | "skip" | "fetchAgain";
type Act = { readonly afterMs: number; readonly verb: Verb; readonly on: number };

const limited = remoteFailure("throttled", { status: 429, retryable: true });
const createRule: fc.Arbitrary<CreateRule> = fc.record({
  afterMs: fc.integer({ min: 0, max: 40_000 }),
  outcome: fc.oneof(
    { weight: 6, arbitrary: fc.constant("accepted" as const) },
    { weight: 1, arbitrary: fc.constantFrom("inDoubt" as const, "throws" as const, "silent" as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        remoteFailure("forbidden", { status: 403 }),
        limited,
        { notSent: remoteFailure("unreachable", { retryable: true }) },
        remoteFailure("gone", { status: 410 }),
        remoteFailure("media_not_found", { status: 404, mediaGone: true }),
      ),
    },
  ),
});
const jobRule: fc.Arbitrary<JobRule> = fc.record({
  ends: fc.constantFrom("succeeded", "succeeded", "succeeded", "failed", "canceled", "never"),
  afterMs: fc.integer({ min: 0, max: 120_000 }),
  statuses: fc.constantFrom(["idle", "in_progress"], ["dreaming"]),
});

const graph = nodeSpecs({ most: 9, create: createRule, job: jobRule });
const act: fc.Arbitrary<Act> = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 4_000_000 })),
  verb: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Verb>("cancel") },
    {
      weight: 6,
      arbitrary: fc.constantFrom<Verb>(
        "retry",
        "retry",
        "checkAgain",
        "approve",
        "approve",
        "decline",
        "resend",
        "skip",
        "fetchAgain",
      ),
    },
  ),
  on: fc.nat({ max: 8 }),
});
const story = fc.record({
  nodes: graph,
  acts: fc.array(act, { maxLength: 14 }),
  policy: fc.constantFrom("ask" as const, "flag" as const, "sandbox" as const, "skip" as const),
  editing: fc.constantFrom("remote" as const, "local" as const, "unknown" as const),
  createsInFlight: fc.constantFrom(1, 8),
  journalNowMs: fc.constantFrom(0, 20),
  troubles: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
});
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

/** A command is mostly given to a step that it suits. */
function aim(run: Run, verb: Verb, on: number): StepId {
  const suits: { readonly [K in Verb]?: readonly StepState["status"]["kind"][] } = {
    retry: ["failed", "cancelled", "succeeded", "skipped"],
    checkAgain: ["overdue", "outcome-unknown", "cancelled"],
    approve: ["waiting-for-approval"],
    decline: ["waiting-for-approval"],
    resend: ["in-doubt", "skipped"],
    skip: ["in-doubt"],
    fetchAgain: ["succeeded"],
  };
  const all = [...run.state().steps.values()];
  const fitting = all.filter((each) => suits[verb]?.includes(each.status.kind));
  const from = fitting.length > 0 ? fitting : all;
  return from[on % from.length]?.stepId ?? id("nobody");
}

async function play(told: Story): Promise<{ world: World; run: Run; quietMs: number[] }> {
  const world = createWorld({
    policy: told.policy,
    editing: told.editing,
    journalNowMs: told.journalNowMs,
    limits: { createsInFlight: told.createsInFlight },
  });
  told.nodes.forEach((node, index) => {
    world.rules.creates.set(nameOf(index), node.creates);
    world.rules.jobs.set(nameOf(index), node.jobs);
  });
  let turn = 0;
  const unlucky = () => told.troubles[turn++ % told.troubles.length] === true;
  world.rules.looks = () => (unlucky() ? remoteFailure("network", { retryable: true }) : undefined);
  world.rules.connects = () => ({
    afterMs: unlucky() ? 8000 : 0,
    ...(unlucky() ? { failure: remoteFailure("unreachable", { retryable: true }) } : {}),
  });
  world.rules.fetches = () => (unlucky() ? remoteFailure("network") : undefined);
  const run = world.start(specsOf(told.nodes, "auto"));
  const quietMs: number[] = [];
  for (const { afterMs, verb, on } of told.acts) {
    await world.clock.advance(afterMs);
    const stepId = aim(run, verb, on);
    const status = run.state().steps.get(stepId)?.status;
    if (verb === "cancel") {
      const asked = world.clock.now();
      if (run.cancel().ok) {
        const settled = run.whenSettled().then(() => quietMs.push(world.clock.now() - asked));
        await world.clock.advance(30_000 + 1000);
        expect(quietMs.length, "cancel reached quiet").toBeGreaterThan(0);
        await settled;
      }
    } else if (verb === "retry") run.retry(stepId);
    else if (verb === "checkAgain") run.checkAgain(stepId);
    else if (verb === "approve")
      run.approve(stepId, status?.kind === "waiting-for-approval" ? status.post.digest : "none");
    else if (verb === "decline") run.declineApproval(stepId);
    else if (verb === "fetchAgain") run.fetchPreviewAgain(stepId);
    else run.settleDoubt(stepId, verb);
  }
  await world.settle();
  // A create that never answers keeps its run going until a person has enough.
  if (run.state().status === "running") {
    run.cancel();
    await world.settle();
  }
  return { world, run, quietMs };
}

/** Judges the journal as an outsider would: by its events and the requests that were seen, nothing else. */
function judge(world: World, run: Run): void {
  const { journal, creates } = world.seen;
  const state = run.state();

  // Replaying the journal gives the same picture, in one go or event by event.
  expect(foldEvents(undefined, journal)).toEqual(state);
  expect(journal.reduce<typeof state | undefined>(foldRun, undefined)).toEqual(state);
  expect(world.seen.events).toEqual(journal);

  // Everything is at rest, and nothing is left over that could still move it.
  expect(state.status).not.toBe("running");
  expect(world.clock.pendingTimers).toBe(0);
  for (const each of state.steps.values()) {
    expect(each.status.kind).not.toBe("running");
    // Who still waits, waits for a step that waits for a person.
    if (each.status.kind === "waiting")
      expect(each.needs.some((need) => waitsForPerson(state.steps.get(need)))).toBe(true);
  }

  let seen: typeof state | undefined;
  const intents = new Map<string, { readonly accepted: number; readonly ended: number }>();
  const approvals = new Map<string, { given: number; used: number }>();
  const doubts = new Set<string>();
  for (const event of journal) {
    if (event.type === "step-started")
      for (const need of seen?.steps.get(event.stepId)?.needs ?? [])
        expect(seen?.steps.get(need)?.status.kind, `${event.stepId} started before ${need}`).toBe(
          "succeeded",
        );
    if (event.type === "create-intended") {
      const key = keyOf(event);
      expect(intents.has(key), `a second intent of ${key}`).toBe(false);
      intents.set(key, { accepted: 0, ended: 0 });
      expect(doubts.has(event.stepId), `${event.stepId} was created while in doubt`).toBe(false);
      if (event.jobKind === "publish") {
        const approval = approvals.get(event.stepId) ?? { given: 0, used: 0 };
        expect(approval.used, `${event.stepId} was sent without an approval`).toBeLessThan(approval.given);
      }
    }
    if (event.type === "approval-given") {
      const approval = approvals.get(event.stepId) ?? { given: 0, used: 0 };
      approvals.set(event.stepId, { given: approval.given + 1, used: approval.used });
    }
    if (event.type === "job-accepted") {
      const intent = intents.get(keyOf(event));
      expect(intent, `${keyOf(event)} accepted without an intent`).toBeDefined();
      expect(intent?.accepted).toBe(0);
      intents.set(keyOf(event), { accepted: 1, ended: 0 });
    }
    if (event.type === "job-accepted" || event.type === "create-in-doubt") {
      // An answer that came late settles the doubt of the same send; it is no second one.
      if (!doubts.has(event.stepId)) {
        const approval = approvals.get(event.stepId);
        if (approval) approval.used++;
      }
      if (event.type === "create-in-doubt") doubts.add(event.stepId);
      else doubts.delete(event.stepId);
    }
    if (event.type === "doubt-settled" && event.decision === "resend") doubts.delete(event.stepId);
    seen = foldRun(seen, event);
  }

  // At the server: no request without its intent in the journal before, and one request per intent at most.
  const requests = new Map<string, number>();
  for (const create of creates) {
    const before = journal.slice(0, create.journaled);
    requests.set(create.name, (requests.get(create.name) ?? 0) + 1);
    const intended = before.filter(
      (event) => event.type === "create-intended" && labelOf(world, event) === create.name,
    );
    expect(intended.length, `${create.name} was sent without an intent`).toBeGreaterThanOrEqual(
      requests.get(create.name) ?? 0,
    );
  }

  // Posts that went out or may have: never more than approvals.
  for (const [stepId, { given, used }] of approvals) expect(used, stepId).toBeLessThanOrEqual(given);
  const sentPosts = creates.filter((create) => create.request.kind === "publish" && create.job).length;
  expect(sentPosts).toBeLessThanOrEqual(world.eventsOf("approval-given").length);
}

const keyOf = (event: Extract<RunEvent, { attempt: number }>) => `${event.stepId}#${event.attempt}`;

/** What the request of this intent was called at the server: edits are named by what they work on. */
function labelOf(world: World, event: Extract<RunEvent, { type: "create-intended" }>): string {
  if (event.jobKind !== "editor") return event.stepId;
  const digest = event.requestDigest;
  const sent = world.seen.creates.find((create) => world.digestOf(create.request) === digest);
  return sent?.name ?? "";
}

function waitsForPerson(step: StepState | undefined): boolean {
  const kind = step?.status.kind;
  return (
    kind === "waiting" ||
    kind === "in-doubt" ||
    kind === "overdue" ||
    kind === "outcome-unknown" ||
    kind === "waiting-for-approval"
  );
}

test("whatever happens, every step comes to one rest and the rules about money hold", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const { world, run, quietMs } = await play(told);
      judge(world, run);
      for (const ms of quietMs) expect(ms).toBeLessThanOrEqual(30_000 + 1000);
    }),
    { numRuns: 300 },
  );
}, 120_000);

test("after any number of retries, resends and cancels a post that is out stays out once per approval", async () => {
  const lucky: CreateRule = { outcome: "accepted", afterMs: 100 };
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      const told: Story = {
        nodes: [
          { kind: "generate", needs: [], creates: [lucky], jobs: [{}] },
          { kind: "publish", needs: [0], creates: [lucky], jobs: [{}] },
        ],
        acts: acts.filter((each) => each.verb !== "approve"),
        policy: "sandbox",
        editing: "remote",
        createsInFlight: 8,
        journalNowMs: 0,
        troubles: [false],
      };
      const { world, run } = await play(told);
      judge(world, run);
      expect(
        world.seen.creates.filter((create) => create.request.kind === "publish").length,
      ).toBeLessThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
}, 60_000);
