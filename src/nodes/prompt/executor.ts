import type { Executor } from "../definition/work.ts";
import type { PromptParams } from "./definition.ts";

export const executePrompt: Executor<PromptParams> = ({ text }) => ({
  kind: "finish",
  outputs: [{ portId: "out", value: { type: "text", text } }],
});
