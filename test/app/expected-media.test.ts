import { describe, expect, test } from "vitest";
import { countWords } from "../../app/items/status-words.ts";
import { expectedMedia } from "../../app/media/expected-media.ts";
import { usualRatio } from "../../app/media/ratio.ts";
import { noCounts } from "../../app/stores/run-steps.ts";
import { indexGraph } from "../../src/graph/describe/graph-index.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../src/nodes/definitions.ts";
import { fileOf, graphOf, nodeOf } from "../support/graph-builders.ts";

const graph = graphOf(
  [
    nodeOf("photo", "upload", { file: fileOf("a.jpg", { width: 1080, height: 1350 }) }),
    nodeOf("picture", "generate", {
      ...{ family: "image", model: "nano-banana-2", prompt: "A harbour" },
      modelParams: { aspectRatio: "16:9" },
    }),
    nodeOf("same", "edit", { operation: "textOverlay", text: "words" }),
    nodeOf("post", "publish", { platform: "instagram" }),
    nodeOf("words", "generate", { family: "text", model: "openrouter-completion", prompt: "Say" }),
    nodeOf("kept", "save", {}),
  ],
  ["photo.out > picture.reference_images", "picture.out > same.media_0", "same.out > post.media"],
);
const index = indexGraph(graph, describeNode(builtInCatalogue));
const nothing = () => [];

describe("the room that a result will take", () => {
  test("is told by the params, else by what comes in, through any number of nodes", () => {
    expect(expectedMedia("picture", index, nothing)).toEqual({ kind: "image", ratio: 16 / 9 });
    expect(expectedMedia("same", index, nothing)).toEqual({ kind: "image", ratio: 16 / 9 });
    expect(expectedMedia("post", index, nothing)).toEqual({ kind: "image", ratio: 16 / 9 });
    expect(expectedMedia("photo", index, nothing)).toEqual({ kind: "image", ratio: 4 / 5 });
    expect(expectedMedia("words", index, nothing)).toEqual({ kind: "text" });
    expect(expectedMedia("kept", index, nothing)).toBeUndefined();
  });

  test("is told by what was made where that is known already", () => {
    const made = { type: "media", kind: "image", width: 1000, height: 1000 } as const;
    const outputs = (id: string) => (id === "picture" ? [{ portId: "out", value: made }] : []);
    expect(expectedMedia("post", index, outputs)?.ratio).toBe(1);
  });

  test("is the usual shape where a size is that but for the blocks a model rounds to", () => {
    expect(usualRatio(1344 / 768)).toBe(16 / 9);
    expect(usualRatio(768 / 1344)).toBe(9 / 16);
    expect(usualRatio(1.12)).toBe(1.12);
  });
});

test("where items have variations, a card counts results and says so", () => {
  expect(countWords({ ...noCounts, done: 4 }, 9, 9)).toBe("4 of 9 done");
  expect(countWords({ ...noCounts, done: 4, failed: 1 }, 18, 9)).toBe("4 of 18 results done · 1 failed");
});
