import { z } from "zod";
import type { NodeDefinition } from "../definition/definition.ts";
import { objectSchema } from "../fields/form.ts";

export type SaveParams = { name: string };

/** More than a person wires by hand, few enough to look at. */
const MOST = 50;

export const save: NodeDefinition<SaveParams> = {
  title: "Save",
  description: "Keeps results under a name in the run's output folder.",
  family: "output",
  keywords: ["export", "download", "output", "file", "folder", "keep"],
  work: { kind: "local" },
  icon: "FolderDown",
  coverParam: "name",
  cardFields: () => ["name"],
  templated: ["name"],
  namesItems: ["name"],
  params: z.object({ name: z.string().default("result") }),
  ports: () => ({
    inputs: [
      { id: "in", label: "Media", type: "media", list: { min: 0, max: MOST, perItem: true } },
      { id: "text", label: "Text", type: "text", list: { min: 0, max: MOST, perItem: true } },
    ],
    outputs: [],
    anyOf: ["in", "text"],
  }),
  form: () => [
    {
      path: "",
      schema: objectSchema({
        name: {
          type: "string",
          title: "Name",
          description: "The files are named after it; several get a number.",
          default: "result",
        },
      }),
    },
  ],
  check: ({ name }) => {
    const reason = nameTrouble(name);
    return reason
      ? [{ code: "invalid-param", param: "name", message: reason, remedy: "Choose a plain file name." }]
      : [];
  },
};

/** The name becomes a file's: it must not lead anywhere else on any system. */
function nameTrouble(name: string): string | undefined {
  if (name.trim() === "") return "The name is empty.";
  if (name.length > 100) return "The name is longer than 100 characters.";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\\/:*?"<>|\u0000-\u001f\u007f]/.test(name))
    return "The name holds characters that file names cannot.";
  if (/^\.|[. ]$/.test(name)) return "The name starts with a dot, or ends with a dot or a space.";
  return undefined;
}
