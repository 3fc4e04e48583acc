import { z } from "zod";
import type { NodeDefinition } from "../definition/definition.ts";
import { type Tint, tintField, tintSchema } from "../definition/tints.ts";
import { objectSchema } from "../fields/form.ts";

export type NoteParams = { text: string; color: Tint };

export const note: NodeDefinition<NoteParams> = {
  title: "Note",
  description: "A word to whoever opens this graph. It never runs.",
  family: "layout",
  keywords: ["comment", "sticky", "text", "explain"],
  work: { kind: "none" },
  icon: "StickyNote",
  shape: "note",
  cardFields: () => ["text"],
  params: z.object({ text: z.string().default(""), color: tintSchema.default("amber") }),
  ports: () => ({ inputs: [], outputs: [] }),
  form: () => [
    {
      path: "",
      schema: objectSchema({
        text: { type: "string", title: "Text", default: "", "x-control": "textarea" },
        color: { ...tintField, default: "amber" },
      }),
    },
  ],
  check: () => [],
};
