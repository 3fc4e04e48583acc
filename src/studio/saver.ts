import { constants } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MediaStore, Saver } from "../engine/deps.ts";
import { uploadTypeOfMime } from "../graph/files.ts";
import type { StepValue } from "../nodes/work.ts";
import { plainName } from "./plain-name.ts";
import { Refused } from "./refused.ts";

export type FolderSaver = Saver & {
  /** File names by what they hold: a SHA-256, or a text. */
  readonly saved: ReadonlyMap<string, string>;
};

/** Copies results into one folder under plain names; a name that is taken gets a number. Never writes elsewhere. */
export function createSaver(folder: string, media: Pick<MediaStore, "pathOf">): FolderSaver {
  const saved = new Map<string, string>();
  let folderMade: Promise<unknown> | undefined;

  async function saveOne(item: StepValue, name: string): Promise<string> {
    folderMade ??= mkdir(folder, { recursive: true });
    await folderMade;
    if (item.type === "text") {
      const fileName = await firstFree(name, "txt", (path) => writeFile(path, item.text, { flag: "wx" }));
      saved.set(item.text, fileName);
      return fileName;
    }
    const source = item.sha256 === undefined ? undefined : await media.pathOf(item.sha256);
    if (source === undefined || item.sha256 === undefined)
      throw new Refused(
        "result-not-here",
        "The result is not in the library yet, so it cannot be saved.",
        "Fetch it again on the card of the step that made it, then retry this one.",
      );
    const extension = uploadTypeOfMime(item.mimeType ?? "")?.extensions[0] ?? fallbackExtensions[item.kind];
    const fileName = await firstFree(name, extension, (path) =>
      copyFile(source, path, constants.COPYFILE_EXCL),
    );
    saved.set(item.sha256, fileName);
    return fileName;
  }

  async function firstFree(
    name: string,
    extension: string,
    write: (path: string) => Promise<void>,
  ): Promise<string> {
    for (let number = 1; ; number++) {
      const fileName = `${name}${number === 1 ? "" : ` ${number}`}.${extension}`;
      try {
        await write(join(folder, fileName));
        return fileName;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
    }
  }

  return {
    saved,
    async save(items, name) {
      const fileNames: string[] = [];
      // One after another, so that the numbers follow the order of the wires.
      for (const item of items) fileNames.push(await saveOne(item, plainName(name)));
      return fileNames;
    },
  };
}

const fallbackExtensions = { image: "png", video: "mp4", audio: "mp3" } as const;
