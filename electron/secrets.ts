import { readFile } from "node:fs/promises";
import { safeStorage } from "electron";
import { z } from "zod";
import { isMissing } from "../src/base/errors.ts";
import { type SecretStore, writeFileAtomically } from "../src/studio/host.ts";
import { keyStorageWords } from "./rules.ts";

const fileSchema = z.record(z.string(), z.string());

/** Keys by origin, each encrypted by the operating system's key store; the file alone tells nothing. */
export function createElectronSecrets(path: string): SecretStore {
  const read = async (): Promise<Record<string, string>> => {
    try {
      return fileSchema.parse(JSON.parse(await readFile(path, "utf8")));
    } catch (error) {
      if (isMissing(error)) return {};
      throw error;
    }
  };
  const write = (keys: Record<string, string>) =>
    writeFileAtomically(path, JSON.stringify(keys), { mode: 0o600 });
  return {
    description: safeStorage.isEncryptionAvailable()
      ? keyStorageWords(process.platform === "linux" ? safeStorage.getSelectedStorageBackend() : undefined)
      : "This computer offers no key store, so a key cannot be kept here. Set CATWALK_API_KEY instead.",
    async get(origin) {
      const sealed = (await read())[origin];
      return sealed === undefined ? undefined : safeStorage.decryptString(Buffer.from(sealed, "base64"));
    },
    async set(origin, key) {
      if (!safeStorage.isEncryptionAvailable())
        throw new Error("This computer offers no key store for the key.");
      await write({ ...(await read()), [origin]: safeStorage.encryptString(key).toString("base64") });
    },
    async clear(origin) {
      const { [origin]: _gone, ...rest } = await read();
      await write(rest);
    },
  };
}
