import { describe, expect, test } from "vitest";
import {
  currentTakeId,
  differences,
  itemKey,
  mediaOfTake,
  takesOfItem,
} from "../../app/takes/take-choice.ts";
import type { Take } from "../../src/engine/record.ts";
import { nodeOf } from "../support/graph-builders.ts";

const takeOf = (takeId: string, more: Partial<Take> = {}): Take => ({
  takeId,
  key: "key",
  number: 1,
  scope: "",
  runId: "run",
  stepId: "node",
  graphId: "graph",
  nodeId: "node",
  itemPath: [],
  title: "Generate image",
  recipe: { type: "generate", params: { prompt: "a pear", modelParams: { seed: 1 } }, inputs: [] },
  outputs: [],
  paid: true,
  startedAt: 0,
  madeAt: 1000,
  ...more,
});

describe("the takes of an item", () => {
  test("are numbered as they were begun, a further variation among those of its item", () => {
    const takes = [
      takeOf("second", { itemPath: ["#", "2"], number: 2, madeAt: 900 }),
      takeOf("other row", { itemPath: ["table", "b"] }),
      takeOf("first"),
      takeOf("earlier", { startedAt: -5000, madeAt: -4000, number: 3 }),
    ];
    expect(takesOfItem(takes, "").map(({ takeId }) => takeId)).toEqual(["earlier", "first", "second"]);
    expect(takesOfItem(takes, "table/b").map(({ takeId }) => takeId)).toEqual(["other row"]);
  });

  test("are named as the document names the item, slashes and all", () => {
    expect(itemKey([])).toBe("");
    expect(itemKey(["table", "red/blue", "#", "3"])).toBe("table/red%2Fblue");
  });
});

describe("the take that flows on", () => {
  test("is the person's choice, whatever the run on show gave", () => {
    const node = nodeOf("node", "generate", {});
    const chosen = { ...node, data: { ...node.data, takes: { "": "chosen" } } };
    expect(currentTakeId(chosen, [], "")).toBe("chosen");
    expect(currentTakeId(node, [], "")).toBeUndefined();
  });
});

test("what two takes were asked for differently is told field by field, model params by their own names", () => {
  const other = takeOf("b", {
    recipe: {
      type: "generate",
      params: { prompt: "a pear", modelParams: { seed: 2, steps: 30 } },
      inputs: [],
    },
  });
  expect(differences(takeOf("a"), other)).toEqual([
    { name: "seed", values: ["1", "2"] },
    { name: "steps", values: ["—", "30"] },
  ]);
});

test("a take whose bytes have not arrived shows no media", () => {
  const coming = takeOf("a", {
    outputs: [{ portId: "out", value: { type: "media", kind: "image", mediaId: "m" } }],
  });
  expect(mediaOfTake(coming)).toBeUndefined();
});
