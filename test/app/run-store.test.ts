import { expect, test } from "vitest";
import { createRunStore, joinLogs, type RunSource, shownStep } from "../../app/stores/run.ts";
import type { RunEvent, RunEventBody, Scope, StepHead } from "../../src/engine/record.ts";
import { foldEvents, toSnapshot } from "../../src/engine/record.ts";
import { formatStepId } from "../../src/graph/plan/step-id.ts";
import type { RunMessage } from "../../src/studio/contract.ts";

const a = formatStepId("a", []);
const b = formatStepId("b", []);
const head = (stepId: typeof a): StepHead => ({
  stepId,
  nodeId: stepId,
  itemPath: [],
  type: "generate",
  title: stepId,
  needs: [],
});
const bodies: RunEventBody[] = [
  {
    type: "run-started",
    graphId: "g",
    graphName: "Graph",
    scope: "scope" as Scope,
    serverLabel: "Sandbox",
    steps: [head(a), head(b)],
  },
  { type: "step-started", stepId: a, attempt: 1 },
  { type: "step-phase", stepId: a, phase: "remote" },
  { type: "step-succeeded", stepId: a, outputs: [], cached: false },
  { type: "step-started", stepId: b, attempt: 1 },
  { type: "step-succeeded", stepId: b, outputs: [], cached: false },
  { type: "run-settled", outcome: "done" },
];
const events: RunEvent[] = bodies.map((body, index) => ({ runId: "r", seq: index + 1, at: index, ...body }));
const snapshotAt = (seq: number): RunMessage => ({
  type: "snapshot",
  snapshot: toSnapshot(foldEvents(undefined, events.slice(0, seq))),
});
const after = (from: number, to: number): RunMessage => ({ type: "events", events: events.slice(from, to) });

/** A studio whose stream the test speaks for. */
function fakeSource() {
  const followers: { runId: string; send: (message: RunMessage) => void; stopped: boolean }[] = [];
  let tellUp = (_up: boolean) => {};
  const source: RunSource = {
    follow(runId, send) {
      const follower = { runId, send, stopped: false };
      followers.push(follower);
      return () => {
        follower.stopped = true;
      };
    },
    log: async (_runId, afterSeq, limit) => events.slice(afterSeq, afterSeq + limit),
    onUp(listener) {
      tellUp = listener;
    },
  };
  const send = (message: RunMessage) => followers.at(-1)?.send(message);
  return { source, followers, send, up: (up: boolean) => tellUp(up) };
}

test("a snapshot and the events after it give what all events give", () => {
  const { source, send } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(2));
  send(after(2, 5));
  send(after(5, 7));
  expect(store.getState().run).toEqual(foldEvents(undefined, events));
});

test("overlapping events and an older snapshot change nothing", () => {
  const { source, send, followers } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(1));
  send(after(1, 5));
  send(after(3, 6));
  const before = store.getState().run;
  expect(before?.seq).toBe(6);
  send(after(2, 6));
  send(snapshotAt(3));
  expect(store.getState().run).toBe(before);
  expect(followers).toHaveLength(1);
});

test("a newer snapshot replaces what was there, as after a reconnection", () => {
  const { source, send } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(2));
  send(snapshotAt(7));
  expect(store.getState().run?.status).toBe("done");
});

test("a gap asks for a new snapshot instead of showing a state that never was", () => {
  const { source, send, followers } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(1));
  send(after(3, 5));
  expect(store.getState().run?.seq).toBe(1);
  expect(followers.map(({ stopped }) => stopped)).toEqual([true, false]);
  send(snapshotAt(5));
  expect(store.getState().run?.seq).toBe(5);
});

test("a card of a step that did not change keeps its object", () => {
  const { source, send } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(1));
  const before = store.getState().stepsByNode.get("b");
  send(after(1, 3));
  expect(store.getState().stepsByNode.get("b")).toBe(before);
  expect(store.getState().stepsByNode.get("a")?.counts).toMatchObject({ running: 1, waiting: 0 });
  expect(shownStep(store.getState(), "a")?.status.kind).toBe("running");
});

test("the latest signal of a step counts until the step ends, and none of an ended step is taken", () => {
  const { source, send } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(3));
  send({ type: "signals", signals: [{ runId: "r", stepId: a, fraction: 0.1 }] });
  send({ type: "signals", signals: [{ runId: "r", stepId: a, fraction: 0.7 }] });
  expect(store.getState().signals.get(a)?.fraction).toBe(0.7);
  send(after(3, 4));
  expect(store.getState().signals.size).toBe(0);
  send({ type: "signals", signals: [{ runId: "r", stepId: a, fraction: 0.9 }] });
  expect(store.getState().signals.size).toBe(0);
});

test("showing another run forgets the first, and its late messages", () => {
  const { source, followers } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  store.getState().show("other");
  expect(followers[0]?.stopped).toBe(true);
  followers[0]?.send(snapshotAt(5));
  expect(store.getState().run).toBeUndefined();
});

test("the log behind a snapshot is filled in, in order and without doubles", async () => {
  const { source, send } = fakeSource();
  const store = createRunStore(source);
  store.getState().show("r");
  send(snapshotAt(4));
  send(after(4, 6));
  await expect.poll(() => store.getState().log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("joining two stretches of a log that do not meet keeps the later one", () => {
  expect(joinLogs(events.slice(0, 2), events.slice(4, 6)).map(({ seq }) => seq)).toEqual([5, 6]);
  expect(joinLogs(events.slice(2, 5), events.slice(0, 3)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
});

test("the store says when the line is down, and keeps what it shows", () => {
  const { source, send, up } = fakeSource();
  const store = createRunStore(source);
  up(true);
  store.getState().show("r");
  send(snapshotAt(3));
  up(false);
  expect(store.getState().connected).toBe(false);
  expect(store.getState().run?.seq).toBe(3);
});
