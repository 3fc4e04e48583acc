import { beforeAll, expect, test, vi } from "vitest";
import { watchForecast } from "../../app/runs/forecast.ts";
import { runControlStore } from "../../app/runs/run-control.ts";
import { graphStore } from "../../app/stores/graph.ts";
import type { Preflight } from "../../src/studio/contract.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

vi.mock("../../app/stores/studio.ts", async (original) => ({
  ...(await original<typeof import("../../app/stores/studio.ts")>()),
  studio: {
    isUp: () => true,
    onUp: () => {},
    client: { graphs: { forecast: () => answer.promise } },
  },
}));

let answer = Promise.withResolvers<Preflight>();
const counted = { steps: 3, problems: [] as Preflight["problems"] } as Preflight;
const graph = (id: string) => ({ ...graphOf([nodeOf("p", "prompt", { text: id })]), id });
const open = (id: string) => graphStore.getState().open(graph(id), { unsaved: false });
const forecast = () => runControlStore.getState().forecast;

beforeAll(() => {
  vi.useFakeTimers();
  watchForecast();
  return () => vi.useRealTimers();
});

test("a forecast is of the open document alone, also where it comes late", async () => {
  open("first");
  await vi.runAllTimersAsync();
  answer.resolve(counted);
  await vi.runAllTimersAsync();
  expect(forecast()).toEqual(counted);

  open("second");
  expect(forecast()).toBeUndefined();
  answer = Promise.withResolvers();
  await vi.runAllTimersAsync();
  open("third");
  answer.resolve(counted);
  await vi.advanceTimersByTimeAsync(1);
  expect(forecast()).toBeUndefined();
});

test("an emptied document has none", async () => {
  open("fourth");
  await vi.runAllTimersAsync();
  expect(forecast()).toEqual(counted);
  graphStore.getState().edit({ type: "remove", nodeIds: ["p"], edgeIds: [] });
  expect(forecast()).toBeUndefined();
});

test("of a graph that cannot be planned nothing is counted, so nothing is said to be free", async () => {
  answer = Promise.withResolvers();
  open("fifth");
  await vi.runAllTimersAsync();
  const problem = {
    code: "missing-input",
    severity: "error",
    message: "No input.",
    remedy: "Wire one.",
  } as const;
  answer.resolve({ ...counted, steps: 0, problems: [problem] });
  await vi.runAllTimersAsync();
  expect(forecast()).toBeUndefined();
  expect(graphStore.getState().problems).toEqual([problem]);
});
