/** What makes two results interchangeable. Pure: the engine, the preflight and tests make keys with this one file. */

import { canonicalJson } from "../../base/canonical-json.ts";
import { type EditOperationSpec, editOperations, isEditOperation } from "../../editing/operations.ts";
import type {
  MediaValue,
  StepInputs,
  StepValue,
  StepWork,
  WorkOf,
  WorkOutputs,
} from "../../nodes/definition/work.ts";
import type { Scope } from "../record/events.ts";
import type { TakeRecipe } from "../record/takes.ts";

/** Work that a take can stand for. Never a publish: a post is not a result. */
export type ReusableWork = WorkOf<"generate" | "edit">;

export function isReusable(work: StepWork): work is ReusableWork {
  return work.kind === "generate" || work.kind === "edit";
}

export type KeyQuestion = {
  readonly type: string;
  /** Of the node type's executor: another one may make something else of the same. */
  readonly version: number;
  readonly work: ReusableWork;
  /** Made by a job on the server of this scope, or by this machine. */
  readonly way: { readonly scope: Scope } | "local";
};

/**
 * The keys under which an equal result may stand, the one it is to be kept under first. Nothing of it is the node's
 * id, place or name.
 *
 * Media count by the hash of their bytes. A job's result has none until it is fetched, and the next step does not
 * wait for that: until then such media count by the id the server gave them, which never changes. So a step that was
 * keyed in that moment is found again later by the second key.
 *
 * Empty for local work on media whose bytes are not here.
 */
export function takeKeys(question: KeyQuestion, sha256: (text: string) => string): readonly string[] {
  const { type, version, work, way } = question;
  const scope = way === "local" ? undefined : way.scope;
  const media = mediaOf(work);
  const hasBytes = media.every((each) => each.sha256 !== undefined);
  if (scope === undefined && !hasBytes) return [];
  const key = (identity: (media: MediaValue) => string) =>
    sha256(canonicalJson({ type, version, scope, work: identified(work, scope === undefined, identity) }));
  const byBytes = ({ sha256: hash, mediaId }: MediaValue) => hash ?? `${scope}:${mediaId}`;
  const byJob = (each: MediaValue) => (each.madeByJob ? `${scope}:${each.mediaId}` : byBytes(each));
  if (!hasBytes) return [key(byJob)];
  const mayHaveStood = scope !== undefined && media.some((each) => each.madeByJob);
  return mayHaveStood ? [key(byBytes), key(byJob)] : [key(byBytes)];
}

/** Equal keys give equal results, so that one serves all who want it. */
export function isDeterministic(work: ReusableWork): boolean {
  return work.kind === "edit";
}

export function takeIdOf(key: string, number: number, sha256: (text: string) => string): string {
  return sha256(`${key}#${number}`).slice(0, 32);
}

export function recipeOf(
  step: { readonly type: string; readonly params: Readonly<Record<string, unknown>> },
  inputs: StepInputs,
): TakeRecipe {
  const { type, params } = step;
  return {
    type,
    params,
    inputs: Object.entries(inputs).flatMap(([portId, values]) =>
      values.map((value) => ({ portId, ...identityOf(value) })),
    ),
  };
}

function identityOf(value: StepValue): { sha256?: string; mediaId?: string; text?: string } {
  if (value.type === "text") return { text: value.text };
  if (value.sha256 !== undefined) return { sha256: value.sha256 };
  return value.mediaId === undefined ? {} : { mediaId: value.mediaId };
}

function mediaOf(work: ReusableWork): readonly MediaValue[] {
  return work.kind === "generate" ? work.attachments : work.inputs.map((input) => input.media);
}

/** Everything that decides the result, and nothing else. */
function identified(work: ReusableWork, isLocal: boolean, identity: (media: MediaValue) => string): object {
  if (work.kind === "generate") {
    const { kind, family, model, prompt, params, attachments, outputs } = work;
    return {
      ...{ kind, family, model, prompt, params, attachments: attachments.map(identity) },
      // By this name since takes are kept: one of before has one output, known by its kind.
      outputKind: outputs[0].select.kind,
      outputs: beyondKind(outputs),
    };
  }
  const { kind, operation, endpoint, text, inputs, outputs } = work;
  return {
    ...{ kind, operation, endpoint, text, outputs: beyondKind(outputs) },
    params: isLocal ? work.params : remoteParams(work),
    inputs: inputs.map(({ slot, media }) => [slot, identity(media)]),
  };
}

/** Outputs that say more than the kind of the only one. Undefined members count for nothing in a key. */
function beyondKind(outputs: WorkOutputs): WorkOutputs | undefined {
  const [{ select }, ...others] = outputs;
  return others.length === 0 && Object.keys(select).length === 1 ? undefined : outputs;
}

/** The params of an edit without those that only a local render knows. */
export function remoteParams(work: WorkOf<"edit">): Record<string, unknown> {
  const spec: EditOperationSpec | undefined = isEditOperation(work.operation)
    ? editOperations[work.operation]
    : undefined;
  return Object.fromEntries(
    Object.entries(work.params).filter(([name]) => !spec?.localParams?.includes(name)),
  );
}
