import { expect, test } from "vitest";
import type { RunEvent } from "../../../src/engine/record.ts";
import { foldEvents } from "../../../src/engine/record.ts";
import type { StepId } from "../../../src/graph/plan/plan.ts";
import type { RunMessage } from "../../../src/studio/contract.ts";
import { createRunFeed } from "../../../src/studio/runs/run-feed.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

const stepId = "step" as StepId;
const started = {
  runId: "run",
  seq: 1,
  at: 0,
  type: "run-started",
  graphId: "graph",
  graphName: "A graph",
  scope: "scope",
  serverLabel: "Sandbox",
  steps: [{ stepId, nodeId: "step", itemPath: [], type: "generate", title: "Step", needs: [] }],
} as unknown as RunEvent; // brands

function world() {
  const clock = createVirtualClock();
  let state = foldEvents(undefined, [started]);
  const feed = createRunFeed({ state: () => state, steps: 1, clock });
  let seq = 1;
  const happen = (count: number) => {
    const events = Array.from({ length: count }, (): RunEvent => {
      seq += 1;
      return { runId: "run", seq, at: seq, type: "job-status", stepId, status: `s${seq}` };
    });
    state = foldEvents(state, events);
    feed.events(events);
  };
  return { clock, feed, happen };
}

/** Collects what a window gets until told to stop. */
function follow(feed: ReturnType<typeof world>["feed"], isCongested?: () => boolean) {
  const stop = new AbortController();
  const messages: RunMessage[] = [];
  const ended = (async () => {
    for await (const message of feed.watch({ signal: stop.signal, ...(isCongested ? { isCongested } : {}) }))
      messages.push(message);
  })();
  return {
    messages,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

test("A window gets a snapshot and then every event after it, in batches of at most 50 ms", async () => {
  const { clock, feed, happen } = world();
  happen(3);
  const window = follow(feed);
  await clock.drain();
  expect(window.messages).toEqual([
    { type: "snapshot", snapshot: expect.objectContaining({ seq: 4, steps: [expect.anything()] }) },
  ]);
  happen(1);
  happen(2);
  await clock.advance(50);
  happen(1);
  await clock.advance(10);
  expect(window.messages).toHaveLength(2);
  await clock.advance(40);
  const seqs = window.messages.flatMap((message) =>
    message.type === "events" ? [message.events.map((event) => event.seq)] : [],
  );
  expect(seqs).toEqual([[5, 6, 7], [8]]);
  await window.stop();
  expect(clock.pendingTimers).toBe(0);
});

test("Of many signals of a step the window gets the latest", async () => {
  const { clock, feed } = world();
  const window = follow(feed);
  await clock.advance(50);
  for (const fraction of [0.1, 0.2, 0.3]) feed.signal({ runId: "run", stepId, fraction });
  await clock.advance(50);
  expect(window.messages.slice(1)).toEqual([
    { type: "signals", signals: [{ runId: "run", stepId, fraction: 0.3 }] },
  ]);
  await window.stop();
});

test("A window that takes nothing is sent nothing, and a new snapshot when it takes again", async () => {
  const { clock, feed, happen } = world();
  let congested = false;
  const window = follow(feed, () => congested);
  await clock.advance(50);
  congested = true;
  for (let turn = 0; turn < 50; turn++) {
    happen(100);
    await clock.advance(20);
  }
  expect(window.messages).toHaveLength(1);
  congested = false;
  await clock.advance(100);
  expect(window.messages.slice(1)).toEqual([
    { type: "snapshot", snapshot: expect.objectContaining({ seq: 5001 }) },
  ]);
  await window.stop();
});

test("More events than a window needs to catch up become one snapshot", async () => {
  const { clock, feed, happen } = world();
  const window = follow(feed);
  await clock.advance(50);
  happen(10_000);
  await clock.advance(50);
  expect(window.messages.map((message) => message.type)).toEqual(["snapshot", "snapshot"]);
  await window.stop();
});
