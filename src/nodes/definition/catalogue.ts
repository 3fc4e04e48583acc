import type { JsonSchema } from "../../graph/describe/json-schema.ts";
import type { InputPort } from "../../graph/describe/ports.ts";
import type { PublishPlatform } from "../publish/platforms/platforms.ts";

/**
 * What a server can do: its models, publish targets and editing. An explicit input of validate and plan. Built from
 * `GET /capabilities` where the server has it, else from the catalogue kept in the project (`catalogue-data.ts`).
 */
export type Catalogue = {
  readonly source: "server" | "built-in";
  readonly models: readonly CatalogueModel[];
  readonly publishTargets: readonly PublishTarget[];
  /** Whether the server edits by editor jobs; `unknown` until the first 410 or a capabilities answer. */
  readonly remoteEditing: "yes" | "no" | "unknown";
};

export type CatalogueModel = {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  /** One of `generateFamilies`. */
  readonly family: string;
  readonly prompt: "required" | "optional" | "none";
  /** Ports for attachments, in the API's positional order. */
  readonly attachments: readonly InputPort[];
  readonly params: JsonSchema;
  /** Usual duration of a job in milliseconds: the ETA until this machine has its own history. */
  readonly typicalMs?: number;
};

export type PublishTarget = {
  readonly platform: PublishPlatform;
  readonly label: string;
  readonly description: string;
  readonly kinds: readonly ("image" | "video")[];
  readonly params: JsonSchema;
};
