import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { counted } from "../../base/words.ts";
import type { Editor } from "../../editing/editor.ts";
import { isEditOperation } from "../../editing/operations.ts";
import type { LocalEditor } from "../../engine/index.ts";
import { PRIVATE_FOLDER } from "../../library/index.ts";
import { Refused } from "../ground/refused.ts";

/** This machine's editor as the engine asks for it: the files of a render have names of their own in `folder`. */
export function createLocalEditor(editor: Editor, folder: string): LocalEditor {
  return {
    async render({ operation, ...request }, { signal, onProgress }) {
      if (!isEditOperation(operation))
        throw new Refused(
          "unknown-edit",
          `The edit “${operation}” cannot be rendered here.`,
          "Choose another.",
        );
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
      const files = await editor.render(
        { ...request, operation, outputDir: folder, outputName: randomUUID() },
        {
          signal,
          onProgress: ({ fraction, frames }) =>
            onProgress(fraction, frames === undefined ? undefined : counted(frames, "frame")),
        },
      );
      return files.map(({ path, key }) => ({ path, ...(key === undefined ? {} : { key }) }));
    },
  };
}
