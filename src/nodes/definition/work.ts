import type { MediaFacts, MediaKind } from "../../base/media-kind.ts";
import type { UploadFile } from "../../graph/document/files.ts";
import type { Said } from "../../words/message.ts";
import type { PublishPlatform } from "../publish/platforms/platforms.ts";

/** What flows on a wire during a run. */
export type StepValue = MediaValue | { readonly type: "text"; readonly text: string };

/**
 * Media made or brought in by a step: at least one of `sha256` (its bytes are in the library) and `mediaId`
 * (the server of the run's scope has it).
 */
export type MediaValue = MediaFacts & {
  readonly type: "media";
  readonly sha256?: string;
  /** Valid in the run's own scope only. */
  readonly mediaId?: string;
  /** A job of the run's scope made it, so that `mediaId` stands for these bytes for good. */
  readonly madeByJob?: true;
};

export type StepOutput = { readonly portId: string; readonly value: StepValue };

/** Values that arrived at a step, by input port, in wire order. The keys stand in port order. */
export type StepInputs = { readonly [portId: string]: readonly StepValue[] };

/** What of a finished job goes to an output port. */
export type OutputSelect = {
  /** `media`: of the kind that the plan gives the port. `text`: the first text that the job gave. */
  readonly kind: MediaKind | "media" | "text";
  /** Only what the job gave under this `outputKey`, such as `wordTimestamps`. A value that is no text comes as JSON. */
  readonly key?: string;
};

export type WorkOutput = { readonly port: string; readonly select: OutputSelect };

/** Each media goes to the first port that selects it. The first output is what the job is known by. */
export type WorkOutputs = readonly [WorkOutput, ...WorkOutput[]];

/**
 * What a step has to do, as data. A node's executor is a pure function from params and inputs to this; the engine
 * alone acts. So every money rule lives in one place, and a new node cannot break it.
 */
export type StepWork =
  | { readonly kind: "finish"; readonly outputs: readonly StepOutput[] }
  | { readonly kind: "upload"; readonly file: UploadFile; readonly outputPort: string }
  | {
      readonly kind: "generate";
      /** One of `generateFamilies`. A part of the take's key. */
      readonly family: string;
      /** Of the create, under `/api/v1`. */
      readonly path: `/${string}`;
      /** How long the job is looked at, in milliseconds. */
      readonly deadlineMs: number;
      readonly model: string;
      readonly prompt?: string;
      readonly params: Readonly<Record<string, unknown>>;
      /** In the model's positional order. */
      readonly attachments: readonly MediaValue[];
      readonly outputs: WorkOutputs;
    }
  | {
      readonly kind: "edit";
      readonly operation: string;
      readonly endpoint: "video" | "image" | "audio";
      readonly inputs: readonly { readonly slot: string; readonly media: MediaValue }[];
      readonly params: Readonly<Record<string, unknown>>;
      readonly text?: string;
      /** `auto` asks the server which generation of the API it is. */
      readonly via: "auto" | "remote" | "local";
      readonly outputs: WorkOutputs;
    }
  | {
      readonly kind: "publish";
      readonly platform: PublishPlatform;
      readonly accountId: string;
      readonly media: MediaValue;
      readonly caption?: string;
      readonly params: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "save"; readonly items: readonly StepValue[]; readonly name: string }
  | { readonly kind: "impossible"; readonly message: Said; readonly remedy: Said };

export type WorkOf<Kind extends StepWork["kind"]> = Extract<StepWork, { kind: Kind }>;

/** A node's executor: pure, like its definition. `params` are parsed by the definition's schema. */
export type Executor<Params> = (params: Params, inputs: StepInputs) => StepWork;

export function isMedia(value: StepValue): value is MediaValue {
  return value.type === "media";
}

/** The text that arrived at a port; several are joined by an empty line. `undefined` when none did. */
export function textOf(values: readonly StepValue[] | undefined): string | undefined {
  const texts = (values ?? []).flatMap((value) => (value.type === "text" ? [value.text] : []));
  return texts.length > 0 ? texts.join("\n\n") : undefined;
}
