import { readFile } from "node:fs/promises";
import { z } from "zod";
import { isMissing } from "../../base/errors.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { Refused } from "./refused.ts";
import type { SecretStore } from "./secrets.ts";

const fileSchema = z.record(z.string(), z.string());

/** Keys by origin in a file that only this user can read (0600): for hosts without a key store of the system. */
export function createSecretFile(path: string): SecretStore {
  async function read(): Promise<Record<string, string>> {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if (isMissing(error)) return {};
      throw error;
    }
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch {
      // The parser's own words would repeat a piece of the file.
      throw new Refused(
        "secrets-damaged",
        "The file with the stored keys cannot be read.",
        "Delete secrets.json in the data folder and enter the key again.",
      );
    }
  }
  // One change at a time: two of them reading the same old file would lose one.
  let last: Promise<unknown> = Promise.resolve();
  function change(edit: (keys: Record<string, string>) => void): Promise<void> {
    const next = last.then(async () => {
      const keys = await read();
      edit(keys);
      await writeFileAtomically(path, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 });
    });
    last = next.catch(() => undefined); // its caller has the failure; the next change starts afresh
    return next;
  }
  return {
    description: "A file in the data folder that only your user account can read; it is not encrypted.",
    get: async (origin) => (await read())[origin],
    set: (origin, key) =>
      change((keys) => {
        keys[origin] = key;
      }),
    clear: (origin) =>
      change((keys) => {
        delete keys[origin];
      }),
  };
}
