import type { StepState } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { isNodeType, type NodeType } from "../../src/nodes/definitions.ts";
import { platformTitle, productWords } from "../../src/nodes/publish/platforms/platforms.ts";
import { uploadedFile } from "../media/uploaded-file.ts";
import { count } from "../words/words.ts";
import { shownText } from "./card-media.ts";

/** What a card without a picture says from afar: a few large words instead of all its fields. Pure. */
export type CoverWords = {
  readonly lead?: string;
  readonly about?: string;
  readonly text?: string;
};

export type CoverFacts = {
  readonly node: GraphNode;
  /** As a run would use them. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly step: StepState | undefined;
  /** Names of params that a wire overrides: what is written for them does not count. */
  readonly wired: ReadonlySet<string>;
  /** Of the account that a Publish names, as it is shown everywhere. */
  readonly accountName: string | undefined;
};

/** More is never seen, and cut words cost nothing to lay out. */
const MOST_CHARACTERS = 240;

const wordsOf: { readonly [Type in NodeType]: (facts: CoverFacts) => CoverWords } = {
  prompt: (facts) => ({ text: result(facts) ?? written(facts, "text") }),
  generate: (facts) => ({ text: result(facts) ?? written(facts, "prompt") }),
  edit: (facts) => ({ text: written(facts, "text") }),
  publish: (facts) => {
    const { params, accountName } = facts;
    const own = typeof params["params"] === "object" && params["params"] !== null ? params["params"] : {};
    const product = "product" in own ? own.product : "postMode" in own ? own.postMode : undefined;
    return {
      lead: accountName ?? "No account yet",
      about: [
        platformTitle(String(params["platform"])),
        product && productWords(String(params["platform"]), String(product)),
      ]
        .filter(Boolean)
        .join(" · "),
      text: written(facts, "caption"),
    };
  },
  save: (facts) => ({ text: written(facts, "name") }),
  upload: ({ node }) => ({ text: uploadedFile(node)?.name ?? "" }),
  table: ({ params }) => ({
    text: Array.isArray(params["rows"]) ? count(params["rows"].length, "row") : "",
  }),
  note: () => ({}),
  group: () => ({}),
};

/** `undefined` where there is nothing to say. */
export function coverWords(facts: CoverFacts): CoverWords | undefined {
  if (!isNodeType(facts.node.type)) return undefined;
  const { lead, about, text = "" } = wordsOf[facts.node.type](facts);
  if (lead === undefined && text === "") return undefined;
  return {
    ...(lead === undefined ? {} : { lead }),
    ...(about ? { about } : {}),
    ...(text === "" ? {} : { text }),
  };
}

function written({ params, wired }: CoverFacts, param: string): string {
  const text = params[param];
  return wired.has(param) || typeof text !== "string" ? "" : text.trim().slice(0, MOST_CHARACTERS);
}

function result({ step }: CoverFacts): string | undefined {
  return shownText(step)?.trim().slice(0, MOST_CHARACTERS);
}
