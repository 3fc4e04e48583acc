import { randomUUID } from "node:crypto";
import type { Graph } from "../../src/graph/document/schema.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

const image = { family: "image", model: "nano-banana-2", params: { aspectRatio: "1:1" } };

const rows = ["dawn", "noon", "dusk"].map((scene) => ({ key: scene, cells: { scene } }));

/**
 * A batch: of each row a picture, cut here, kept and posted; one picture from all of them; and some words beside it.
 * Every request says its run, its step and its row, so that no two of them are alike.
 */
export function killGraph(run: number): Graph {
  const all = nodeOf("all", "generate", { ...image, prompt: `run ${run} all` });
  const graph = graphOf(
    [
      nodeOf("rows", "table", { columns: [{ name: "scene", type: "text" }], rows }),
      nodeOf("each", "generate", { ...image, prompt: `run ${run} each {{scene}}` }),
      nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "4:5" } }),
      nodeOf("keep", "save", { name: "cut {{scene}}" }),
      nodeOf("post", "publish", {
        platform: "instagram",
        accountId: "5a9db0c5-1111-4000-8000-00000000c001",
        caption: `run ${run} post {{scene}}`,
      }),
      { ...all, data: { ...all.data, items: { holes: "use-rest" } } },
      nodeOf("words", "generate", {
        family: "text",
        model: "openrouter-completion",
        prompt: `run ${run} words`,
      }),
    ],
    [
      "each.out > cut.image_0",
      "cut.out > keep.in",
      "cut.out > post.media",
      "each.out > all.reference_images",
    ],
  );
  return { ...graph, id: randomUUID() };
}
