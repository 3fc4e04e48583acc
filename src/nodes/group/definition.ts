import { z } from "zod";
import type { NodeDefinition } from "../definition/definition.ts";
import { type Tint, tintField, tintSchema } from "../definition/tints.ts";
import { objectSchema } from "../fields/form.ts";

export type GroupParams = { color: Tint };

export const group: NodeDefinition<GroupParams> = {
  title: "Group",
  description: "A frame around nodes that belong together; they move with it.",
  family: "layout",
  keywords: ["frame", "section", "box", "organise"],
  work: { kind: "none" },
  icon: "Frame",
  shape: "frame",
  cardFields: () => [],
  params: z.object({ color: tintSchema.default("grey") }),
  ports: () => ({ inputs: [], outputs: [] }),
  form: () => [{ path: "", schema: objectSchema({ color: { ...tintField, default: "grey" } }) }],
  check: () => [],
};
