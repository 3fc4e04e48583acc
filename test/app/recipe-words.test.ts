import { expect, test } from "vitest";
import { madeWith, paramLines, promptOf } from "../../app/gallery/recipe-words.ts";
import { mediaFileName } from "../../src/graph/document/files.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import type { MadeRecipe } from "../../src/studio/contract.ts";

const recipe = (
  nodeType: string,
  params: MadeRecipe["params"],
  inputs: MadeRecipe["inputs"] = [],
): MadeRecipe => ({
  ...{ kind: "made", runIsThere: true, isKnown: true, paid: true, params, inputs },
  result: {
    ...{ resultId: 1, sha256: "a", kind: "image", mimeType: "image/png", sizeBytes: 1, runId: "r" },
    ...{
      stepId: "s",
      graphId: "g",
      graphName: "G",
      nodeId: "n",
      nodeType,
      title: "Hero",
      excerpt: "",
      madeAt: 1,
    },
  },
});

test("the words come from the node or, where a wire overrides it, from what came in", () => {
  expect(promptOf(recipe("generate", { prompt: "Typed" }))).toBe("Typed");
  expect(promptOf(recipe("generate", { prompt: "Typed" }, [{ portId: "prompt", text: "Wired" }]))).toBe(
    "Wired",
  );
  expect(promptOf(recipe("edit", { operation: "imageCrop", text: " " }))).toBeUndefined();
});

test("models, operations and params are named as the forms name them", () => {
  const picture = recipe("generate", {
    ...{ family: "image", model: "nano-banana-2", prompt: "A kite" },
    modelParams: { aspectRatio: "9:16" },
  });
  expect(madeWith(picture, builtInCatalogue)).toBe("Nano Banana 2");
  expect(paramLines(picture, builtInCatalogue)).toContainEqual({ label: "Aspect ratio", value: "9:16" });
  const cut = recipe("edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } });
  expect(madeWith(cut, builtInCatalogue)).toBe("Crop image");
  expect(paramLines(cut, builtInCatalogue).map(({ value }) => value)).toContain("1:1");
  // From a model or a node that is not known here, what is written is shown, and nothing breaks.
  expect(madeWith(recipe("generate", { model: "future" }), builtInCatalogue)).toBe("future");
  expect(paramLines(recipe("hologram", { a: 1 }), builtInCatalogue)).toEqual([]);
});

test("a title gets the ending of its kind of file, once", () => {
  expect(mediaFileName("Hero", "image/jpeg")).toBe("Hero.jpg");
  expect(mediaFileName("serum.jpg", "image/jpeg")).toBe("serum.jpg");
  expect(mediaFileName("photo.JPEG", "image/jpeg")).toBe("photo.JPEG");
  expect(mediaFileName("Logo", "image/svg+xml")).toBe("Logo.svg");
  expect(mediaFileName("Voice", "audio/x-m4a")).toBe("Voice.m4a");
  expect(mediaFileName("Sky", "image/avif")).toBe("Sky.avif");
  expect(mediaFileName("Ratio 1.50", "image/png")).toBe("Ratio 1.50.png");
  expect(mediaFileName("Thing", "")).toBe("Thing.bin");
  expect(mediaFileName("Version 2.5 of it", "video/mp4")).toBe("Version 2.5 of it.mp4");
});
