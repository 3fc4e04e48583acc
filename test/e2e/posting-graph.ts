import type { Graph } from "../../src/graph/document/schema.ts";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { nodeOf } from "../support/graph-builders.ts";
import { namedGraph } from "./studio-page.ts";

export const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;

/**
 * One picture for each caption, and a post of each.
 *
 * @param prompt decides the pictures, which of equal prompts are equal. Default: the name.
 */
export function postingGraph(name: string, captions: readonly string[], prompt = name): Graph {
  return namedGraph(
    name,
    captions.flatMap((caption, index) => [
      nodeOf(
        `picture${index}`,
        "generate",
        { family: "image", model: "z-image", prompt: `${prompt} ${index}`, modelParams: { seed: index } },
        { position: { x: 0, y: index * 760 } },
      ),
      nodeOf(
        `post${index}`,
        "publish",
        { platform: "instagram", accountId, caption },
        { position: { x: 400, y: index * 760 } },
      ),
    ]),
    captions.map((_, index) => `picture${index}.out > post${index}.media`),
  );
}
