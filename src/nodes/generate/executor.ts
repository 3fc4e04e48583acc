import { type Executor, isMedia, textOf } from "../definition/work.ts";
import type { GenerateParams } from "./definition.ts";
import { generateFamilies } from "./families.ts";

export const executeGenerate: Executor<GenerateParams> = ({ family, model, prompt, modelParams }, inputs) => {
  if (model === "") return { kind: "impossible", message: "No model is chosen.", remedy: "Choose a model." };
  const { prompt: wired, ...attached } = inputs;
  const words = textOf(wired) ?? prompt;
  const { path, output, deadlineMs } = generateFamilies[family];
  return {
    kind: "generate",
    family,
    path,
    deadlineMs,
    model,
    ...(words.trim() === "" ? {} : { prompt: words }),
    params: modelParams,
    // Inputs stand in port order, and a model's ports in its positional order.
    attachments: Object.values(attached).flat().filter(isMedia),
    outputs: [{ port: "out", select: { kind: output } }],
  };
};
