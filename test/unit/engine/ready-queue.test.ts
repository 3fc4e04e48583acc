import { expect, test } from "vitest";
import { createReadyQueue } from "../../../src/engine/run/ready-queue.ts";
import { createVirtualClock } from "../../support/virtual-clock.ts";

type Item = { readonly node: string; readonly name: string; isReady?: boolean };

function world() {
  const clock = createVirtualClock();
  const begun: string[] = [];
  let drained = 0;
  const stop = new AbortController();
  const queue = createReadyQueue<Item>({
    clock,
    nodeOf: ({ node }) => node,
    isReady: ({ isReady = true }) => isReady,
    begin(item) {
      begun.push(item.name);
      queue.began(item);
    },
    isStopped: () => stop.signal.aborted,
    onDrained: () => void drained++,
  });
  return { clock, queue, begun, drained: () => drained, stop: () => stop.abort() };
}

const items = (node: string, count: number): Item[] =>
  Array.from({ length: count }, (_, at) => ({ node, name: `${node}${at}` }));

test("nothing begins before the queue is opened; then steps begin in the order they came, but for those not ready any more", () => {
  const { queue, begun, drained } = world();
  for (const name of ["b", "a"]) queue.enqueue({ node: name, name });
  queue.enqueue({ node: "c", name: "c", isReady: false });
  queue.drain();
  expect(begun).toEqual([]);
  queue.open();
  expect([begun, drained(), queue.isEmpty]).toEqual([["b", "a"], 1, true]);
});

test("at most 250 steps of one node are under way; one that ends lets the next begin, and other nodes are not held up", async () => {
  const { clock, queue, begun } = world();
  const many = items("many", 400);
  for (const item of [...many, ...items("other", 1)]) queue.enqueue(item);
  queue.open();
  await clock.runAll();
  expect([begun.length, begun.at(-1)]).toEqual([251, "other0"]);
  const [first] = many;
  if (first) queue.ended(first);
  queue.drain();
  expect([begun.length, begun.at(-1)]).toEqual([252, "many250"]);
});

test("a large queue begins in parts, and a stop between two of them begins nothing more", async () => {
  const { clock, queue, begun, stop } = world();
  for (let node = 0; node < 900; node++) queue.enqueue({ node: `n${node}`, name: `n${node}` });
  queue.open();
  expect([begun.length, queue.isDraining]).toEqual([500, true]);
  stop();
  queue.clear();
  await clock.runAll();
  expect([begun.length, queue.isEmpty, queue.isDraining]).toEqual([500, true, false]);
});
