import type { z } from "zod";
import type { TextLimit } from "../../graph/describe/describe.ts";
import type { JsonSchema } from "../../graph/describe/json-schema.ts";
import type { Ports } from "../../graph/describe/ports.ts";
import type { Table } from "../../graph/describe/table.ts";
import type { UploadFile } from "../../graph/document/files.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import type { Catalogue } from "./catalogue.ts";
import type { IconName } from "./icon-name.ts";

/** Palette groups, in this order. */
export type NodeFamily = "input" | "generate" | "edit" | "output" | "layout";

/** What a node's step does when it runs; the planner, the cost dialog and the engine read this. */
export type NodeWork =
  | { readonly kind: "none" }
  /** Pure, in this process: prompt, save. */
  | { readonly kind: "local" }
  | { readonly kind: "upload" }
  | { readonly kind: "generate"; readonly paid: true }
  | { readonly kind: "edit" }
  | { readonly kind: "publish" };

/** A card with ports; a text that lies on the ground, at any size; a frame around other nodes. */
export type NodeShape = "card" | "note" | "frame";

export type NodeVariant = {
  /** Unique among the type's variants. */
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly description: string;
  readonly keywords: readonly string[];
  /** Shown before anything is searched. Default true. */
  readonly common?: boolean;
};

/**
 * A node, described once. Palette, card, inspector form, validation, docs page and JSON Schema come from it.
 * Pure data and pure functions.
 */
export type NodeDefinition<Params = Record<string, unknown>> = {
  readonly title: string;
  /** One sentence for palette, tooltip and docs. */
  readonly description: string;
  readonly family: NodeFamily;
  /** Words that find it in the palette besides its title. */
  readonly keywords: readonly string[];
  /** Shape of `data.params`; every field has a default, so that `{}` parses to a fresh node's params. */
  readonly params: z.ZodType<Params>;
  readonly icon: IconName;
  /** The picture of a node with these params, as they are written or as a variant gives them. Default: `icon`. */
  iconFor?(raw: Readonly<Record<string, unknown>>): IconName | undefined;
  /** What the palette offers in place of the bare type, each with its first param chosen. */
  readonly variants?: readonly NodeVariant[];
  /** How it stands on the canvas. Default: a card. */
  readonly shape?: NodeShape;
  /** Its field shows what it gives, which needs no second showing as a result. */
  readonly showsOwn?: true;
  readonly work: NodeWork;
  /**
   * The fields editable on the card itself, most important first: dotted paths under `data.params`, into nested fields
   * too. At most three.
   */
  cardFields(params: Params): readonly string[];
  /** The text param whose words stand for the card from afar, where no text that it made does. Default: none. */
  readonly coverParam?: string;
  /** Dotted paths of text params in which `{{column}}` stands for a cell of the row. Their wires, where they have one, win over them. */
  readonly templated?: readonly string[];
  /** Text params that name what an item gives: one that says no column gets the keys of the item's rows. */
  readonly namesItems?: readonly string[];
  /** As `NodeDescription.textLimits`. */
  textLimits?(params: Params, catalogue: Catalogue): readonly TextLimit[];
  /** As `NodeDescription.passesOn`. */
  readonly passesOn?: Readonly<Record<string, string>>;
  /** The rows that this node brings into the graph. Its output ports give a list, one item for each row. */
  readonly table?: {
    /** As a person edits them. */
    written(params: Params): Table;
    /** Those that run. */
    running(params: Params): Table;
  };
  /** The files that the params name, and the params with others in their place. */
  readonly files?: {
    of(params: Params): readonly UploadFile[];
    /** The params that change. */
    replaced(params: Params, change: (file: UploadFile) => UploadFile): Partial<Params>;
  };
  /** A title that says what these params do, e.g. "Generate video". Default: `title`. */
  describeTitle?(params: Params): string;
  /** Params as a run uses them: what the catalogue gives as defaults filled in. Default: the params themselves. */
  resolve?(params: Params, catalogue: Catalogue): Params;
  /**
   * What else changes once the field at this dotted path was edited, e.g. a new family brings its own model. A node
   * just added has no field that was edited.
   */
  adjust?(params: Params, edited: string | undefined, catalogue: Catalogue): Partial<Params>;
  /** The params that belong to what was chosen: a model, an operation, a platform. Undefined where nobody knows them. */
  innerParams?(params: Params, catalogue: Catalogue): InnerParams | undefined;
  ports(params: Params, catalogue: Catalogue): Ports;
  /**
   * The form of this node for these params: JSON Schema whose properties carry `title`, `description`, `default`,
   * ranges, and `x-` hints for the form renderer (see `form.ts`). Models bring their own schema under `modelParams`.
   */
  form(params: Params, catalogue: Catalogue): FormSection[];
  /** Problems of the params alone; wires and files are validated elsewhere. */
  check(params: Params, catalogue: Catalogue): ParamProblem[];
};

/** `path` names the record under `data.params` that holds them. */
export type InnerParams = { readonly path: string; readonly schema: JsonSchema };

/** `path` is the dotted path under `data.params` that the schema's properties live at ("" = params itself). */
export type FormSection = { readonly title?: string; readonly path: string; readonly schema: JsonSchema };
