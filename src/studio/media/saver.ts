import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf } from "../../base/errors.ts";
import type { MediaStore, Saver } from "../../engine/index.ts";
import { uploadTypeOfMime } from "../../graph/document/files.ts";
import { PRIVATE_FILE, PRIVATE_FOLDER } from "../../library/index.ts";
import type { StepValue } from "../../nodes/definition/work.ts";
import { copyAsNew } from "../ground/atomic-file.ts";
import { plainName } from "../ground/plain-name.ts";
import { Refused } from "../ground/refused.ts";

export type FolderSaver = Saver & {
  /** File names by what they hold: a SHA-256, or a text. */
  readonly saved: ReadonlyMap<string, string>;
};

/**
 * Copies results into one folder under plain names; a name that is taken gets a number. Never writes elsewhere.
 *
 * @param options.resumes files with the very same bytes are those an interrupted process has left, and are taken as
 * saved. Default: false.
 * @param options.isPrivate whether the folder is in the data folder, which is its user's alone. Default: false.
 */
export function createSaver(
  folder: string,
  media: Pick<MediaStore, "pathOf">,
  { resumes = false, isPrivate = false }: { readonly resumes?: boolean; readonly isPrivate?: boolean } = {},
): FolderSaver {
  const modes = isPrivate ? { file: PRIVATE_FILE, folder: PRIVATE_FOLDER } : { file: 0o666, folder: 0o777 };
  const saved = new Map<string, string>();
  const own = new Set<string>();
  /** Lower numbers are taken for good, so a name used ten thousand times is not tried from 1 each time. */
  const nextNumbers = new Map<string, number>();
  let folderMade: Promise<unknown> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One after another, so that no two try for the same name. */
  function saveOne(item: StepValue, name: string): Promise<string> {
    const saved = last.then(() => write(item, name));
    last = saved.catch(() => {}); // told to whoever asked for it
    return saved;
  }

  async function write(item: StepValue, name: string): Promise<string> {
    folderMade ??= mkdir(folder, { recursive: true, mode: modes.folder });
    await folderMade;
    if (item.type === "text") {
      const bytes = Buffer.from(item.text);
      const fileName = await firstFree(name, "txt", bytes, (path) =>
        writeFile(path, bytes, { flag: "wx", mode: modes.file }),
      );
      saved.set(item.text, fileName);
      return fileName;
    }
    const source = item.sha256 === undefined ? undefined : await media.pathOf(item.sha256);
    if (source === undefined || item.sha256 === undefined)
      throw new Refused(
        "result-not-here",
        "The result is not in the library, so it cannot be saved.",
        "Fetch it again on the card of the step that made it, then retry this one.",
      );
    const extension = uploadTypeOfMime(item.mimeType ?? "")?.extensions[0] ?? fallbackExtensions[item.kind];
    const fileName = await firstFree(name, extension, source, (path) =>
      copyAsNew(source, path, { mode: modes.file, flags: constants.COPYFILE_EXCL }),
    );
    saved.set(item.sha256, fileName);
    return fileName;
  }

  async function firstFree(
    name: string,
    extension: string,
    content: Uint8Array | string,
    write: (path: string) => Promise<void>,
  ): Promise<string> {
    const plain = `${name}.${extension}`;
    const numbered = (number: number) => (number === 1 ? plain : `${name} ${number}.${extension}`);
    for (let number = nextNumbers.get(plain) ?? 1; ; number++) {
      const fileName = numbered(number);
      const path = join(folder, fileName);
      try {
        await write(path);
        own.add(fileName);
        return fileName;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      if (resumes && !own.has(fileName) && (await holds(path, content))) {
        own.add(fileName);
        return fileName;
      }
      // What an interrupted process has left may be what a later item looks for; anything else stays in the way.
      if ((own.has(fileName) || !resumes) && number === (nextNumbers.get(plain) ?? 1))
        nextNumbers.set(plain, number + 1);
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

/** @param content the bytes, or the path of a file that has them. */
async function holds(path: string, content: Uint8Array | string): Promise<boolean> {
  const sizeBytes = typeof content === "string" ? (await stat(content)).size : content.length;
  const found = await stat(path);
  if (!found.isFile() || found.size !== sizeBytes) return false;
  const [ours, theirs] = await Promise.all([
    typeof content === "string" ? hashOf(content) : createHash("sha256").update(content).digest("hex"),
    hashOf(path),
  ]);
  return ours === theirs;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

const fallbackExtensions = { image: "png", video: "mp4", audio: "mp3" } as const;
