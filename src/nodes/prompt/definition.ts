import { z } from "zod";
import { isBlankText } from "../../base/blank-text.ts";
import type { NodeDefinition } from "../definition/definition.ts";
import { objectSchema } from "../fields/form.ts";

export type PromptParams = { text: string };

export const prompt: NodeDefinition<PromptParams> = {
  title: "Prompt",
  description: "A text to use in several places: a prompt, a caption, a title.",
  family: "input",
  keywords: ["text", "words", "caption", "idea", "write"],
  work: { kind: "local" },
  icon: "TextCursorInput",
  showsOwn: true,
  coverParam: "text",
  cardFields: () => ["text"],
  templated: ["text"],
  passesOn: { out: "text" },
  params: z.object({ text: z.string().default("") }),
  ports: () => ({ inputs: [], outputs: [{ id: "out", label: "Text", type: "text" }] }),
  form: () => [
    {
      path: "",
      schema: objectSchema({
        text: {
          type: "string",
          title: "Text",
          default: "",
          "x-control": "textarea",
          "x-placeholder": "Describe what you want to see",
        },
      }),
    },
  ],
  check: ({ text }) =>
    isBlankText(text)
      ? [{ code: "missing-param", param: "text", message: "The text is empty.", remedy: "Write something." }]
      : [],
};
