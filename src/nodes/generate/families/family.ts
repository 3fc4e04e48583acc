import type { MediaKind } from "../../../base/media-kind.ts";
import type { InputPort } from "../../../graph/describe/ports.ts";
import type { CatalogueModel } from "../../definition/catalogue.ts";
import type { IconName } from "../../definition/icon-name.ts";
import type { Field } from "../../fields/form.ts";

/** All that is said of one family of models: what it makes, where it is asked for, how it is shown. */
export type GenerateFamilyRecord = {
  /** Of the create, under `/api/v1`. @see docs/wondercat-api.md, section 5 */
  readonly path: `/${string}`;
  readonly output: MediaKind | "text";
  /** How long a job is looked at before it is overdue, in milliseconds. */
  readonly deadlineMs: number;
  /** In the choice of what a Generate makes. */
  readonly label: string;
  /** Of a node that makes this; also its name in the palette. */
  readonly title: string;
  /** One sentence for the palette. */
  readonly description: string;
  /** Words that find it in the palette besides its title. */
  readonly keywords: readonly string[];
  readonly icon: IconName;
  /** Of an empty prompt. */
  readonly placeholder: string;
  /** Params that cards show besides prompt and model, by their API names. */
  readonly cardParams: readonly string[];
  /** Those known without a server. The first is what a new node starts with. */
  readonly models: readonly ModelFacts[];
};

export type ModelFacts = Omit<CatalogueModel, "family" | "prompt" | "params" | "attachments"> & {
  /** Default `required`. */
  readonly prompt?: CatalogueModel["prompt"];
  /** The model's own params, by their API names. Default none. */
  readonly fields?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  /** In the API's positional order. Default none. */
  readonly attachments?: readonly InputPort[];
};
