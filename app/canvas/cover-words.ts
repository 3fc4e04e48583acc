import { valueAt } from "../../src/base/json-object.ts";
import { isPost, type StepState } from "../../src/engine/record.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { definitionOf, isNodeType, isTable, type NodeType, workKindOf } from "../../src/nodes/definitions.ts";
import { findPlatform, platformTitle, productWords } from "../../src/nodes/publish/platforms/platforms.ts";
import { uploadedFile } from "../media/uploaded-file.ts";
import { t } from "../words/words.ts";
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

/** `undefined` where there is nothing to say. */
export function coverWords(facts: CoverFacts): CoverWords | undefined {
  const { node } = facts;
  if (!isNodeType(node.type)) return undefined;
  const { lead, about } = isPost(node) ? target(facts) : {};
  const text = ownWords(facts, node.type);
  if (lead === undefined && text === "") return undefined;
  return {
    ...(lead === undefined ? {} : { lead }),
    ...(about ? { about } : {}),
    ...(text === "" ? {} : { text }),
  };
}

/** Rows, a file, a text that it made, or the words that a person wrote into it. */
function ownWords(facts: CoverFacts, type: NodeType): string {
  const { node, params } = facts;
  const { coverParam } = definitionOf(type);
  if (isTable(type))
    return Array.isArray(params["rows"]) ? t("canvas.rows", { rows: params["rows"].length }) : "";
  if (workKindOf(type) === "upload") return uploadedFile(node)?.name ?? "";
  return result(facts) ?? (coverParam === undefined ? "" : written(facts, coverParam));
}

/** Where a Publish posts, and as what. */
function target({ params, accountName }: CoverFacts) {
  const platform = String(params["platform"]);
  const product = findPlatform(platform)?.product.param;
  const chosen = product && valueAt(params, `params.${product}`);
  return {
    lead: accountName ?? t("canvas.noAccountYet"),
    about: [platformTitle(platform), typeof chosen === "string" && productWords(platform, chosen)]
      .filter(Boolean)
      .join(" · "),
  };
}

function written({ params, wired }: CoverFacts, param: string): string {
  const text = params[param];
  return wired.has(param) || typeof text !== "string" ? "" : text.trim().slice(0, MOST_CHARACTERS);
}

function result({ step }: CoverFacts): string | undefined {
  return shownText(step)?.trim().slice(0, MOST_CHARACTERS);
}
