import { z } from "zod";
import type { JsonSchema } from "../../graph/describe/json-schema.ts";
import type { FieldHints } from "../fields/form.ts";

/** Colours of notes and groups by name; each theme says what they look like. */
const tints = ["grey", "blue", "green", "amber", "rose", "violet"] as const;
export type Tint = (typeof tints)[number];

export const tintSchema = z.enum(tints);

export const tintField: JsonSchema & FieldHints = {
  type: "string",
  title: "Colour",
  enum: tints,
  "x-control": "color",
};
