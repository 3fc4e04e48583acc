import type { z } from "zod";
import type { NodeType } from "./definition/definition.ts";
import type { Executor, StepInputs, StepWork } from "./definition/work.ts";
import { definitions, isNodeType } from "./definitions.ts";
import { executeEdit } from "./edit/executor.ts";
import { executeGenerate } from "./generate/executor.ts";
import { executePrompt } from "./prompt/executor.ts";
import { executePublish } from "./publish/executor.ts";
import { executeSave } from "./save/executor.ts";
import { executeTable } from "./table/executor.ts";
import { executeUpload } from "./upload/executor.ts";

type ParamsOf<Type extends NodeType> = z.output<(typeof definitions)[Type]["params"]>;

/** Notes and groups never run. */
type Runs = Exclude<NodeType, "note" | "group">;

/** Every type that runs. A type without its executor does not compile. */
const executors: { readonly [Type in Runs]: Executor<ParamsOf<Type>> } = {
  upload: executeUpload,
  prompt: executePrompt,
  table: executeTable,
  generate: executeGenerate,
  edit: executeEdit,
  publish: executePublish,
  save: executeSave,
};

/** Raised when a type makes something else of the same params and inputs: earlier results no longer stand for it then. */
const versions: { readonly [Type in Runs]: number } = {
  upload: 1,
  prompt: 1,
  table: 1,
  generate: 1,
  edit: 1,
  publish: 1,
  save: 1,
};

export function executorVersion(type: string): number {
  return isNodeType(type) && type !== "note" && type !== "group" ? versions[type] : 1;
}

/** What a step has to do. Never throws: params that do not parse, or a type that never runs, are `impossible`. */
export function workOf(type: string, params: unknown, inputs: StepInputs): StepWork {
  if (!isNodeType(type) || type === "note" || type === "group")
    return {
      kind: "impossible",
      message: `A node of the type “${type}” cannot run.`,
      remedy: "Update Catwalk, or delete the node.",
    };
  return execute(type, params, inputs);
}

function execute<Type extends Runs>(type: Type, raw: unknown, inputs: StepInputs): StepWork {
  const parsed = definitions[type].params.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      kind: "impossible",
      message: `${issue?.path.map(String).join(".") || "The params"}: ${issue?.message ?? "not readable"}.`,
      remedy: "Set it again.",
    };
  }
  // Parsed by this very type's schema, which the union over all types forgets.
  const executor = executors[type] as Executor<typeof parsed.data>;
  return executor(parsed.data, inputs);
}
