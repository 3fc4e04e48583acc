import type { z } from "zod";
import type { Executor, StepInputs, StepWork } from "./definition/work.ts";
import { definitions, isNodeType, type NodeType } from "./definitions.ts";
import { executeEdit } from "./edit/executor.ts";
import { executeGenerate } from "./generate/executor.ts";
import { executePrompt } from "./prompt/executor.ts";
import { executePublish } from "./publish/executor.ts";
import { executeSave } from "./save/executor.ts";
import { executeTable } from "./table/executor.ts";
import { executeUpload } from "./upload/executor.ts";

type ParamsOf<Type extends NodeType> = z.output<(typeof definitions)[Type]["params"]>;

/** What a type does. `version` is raised when it makes something else of the same params and inputs. */
type Runner<Type extends NodeType> = {
  readonly execute: Executor<ParamsOf<Type>>;
  /** Earlier results no longer stand for the type's once this was raised. */
  readonly version: number;
};

/** Every type, with what it does; those that never run do nothing. A type without its line does not compile. */
const runners: { readonly [Type in NodeType]: Runner<Type> | undefined } = {
  upload: { execute: executeUpload, version: 1 },
  prompt: { execute: executePrompt, version: 1 },
  table: { execute: executeTable, version: 1 },
  generate: { execute: executeGenerate, version: 1 },
  edit: { execute: executeEdit, version: 1 },
  publish: { execute: executePublish, version: 1 },
  save: { execute: executeSave, version: 1 },
  note: undefined,
  group: undefined,
};

export function executorVersion(type: string): number {
  return (isNodeType(type) ? runners[type]?.version : undefined) ?? 1;
}

/** What a step has to do. Never throws: params that do not parse, or a type that never runs, are `impossible`. */
export function workOf(type: string, params: unknown, inputs: StepInputs): StepWork {
  const runner = isNodeType(type) ? runners[type] : undefined;
  if (!isNodeType(type) || !runner)
    return {
      kind: "impossible",
      message: `A node of the type “${type}” cannot run.`,
      remedy: "Update Catwalk, or delete the node.",
    };
  const parsed = definitions[type].params.safeParse(params);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      kind: "impossible",
      message: `${issue?.path.map(String).join(".") || "The params"}: ${issue?.message ?? "not readable"}.`,
      remedy: "Set it again.",
    };
  }
  // Parsed by this very type's schema, which the union over all types forgets.
  const execute = runner.execute as Executor<typeof parsed.data>;
  return execute(parsed.data, inputs);
}
