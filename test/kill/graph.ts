import { randomUUID } from "node:crypto";
import type { Graph } from "../../src/graph/schema.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

const image = { family: "image", model: "nano-banana-2", params: { aspectRatio: "1:1" } };

/** Four creates, a local render, an upload, a save and a post. Every request says its run and step. */
export function killGraph(run: number): Graph {
  const graph = graphOf(
    [
      nodeOf("first", "generate", { ...image, prompt: `run ${run} first` }),
      nodeOf("words", "generate", {
        family: "text",
        model: "openrouter-completion",
        prompt: `run ${run} words`,
      }),
      nodeOf("second", "generate", { ...image, prompt: `run ${run} second` }),
      nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "4:5" } }),
      nodeOf("keep", "save", { name: "cut" }),
      nodeOf("post", "publish", {
        platform: "instagram",
        accountId: "5a9db0c5-1111-4000-8000-00000000c001",
        caption: `run ${run} post`,
      }),
    ],
    [
      "first.out > second.reference_images",
      "first.out > cut.image_0",
      "cut.out > keep.in",
      "cut.out > post.media",
    ],
  );
  return { ...graph, id: randomUUID() };
}
