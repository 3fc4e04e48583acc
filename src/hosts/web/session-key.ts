import { randomBytes } from "node:crypto";
import { readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../base/errors.ts";
import { writeFileAtomically } from "../../studio/host.ts";

const KEY_BYTES = 32;
/** A window that was left open for longer signs in anew. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

/**
 * What the secrets of a window's session are made of, in a file that only this user can read (0600). The next start on
 * the data folder uses it again, so that windows which are still open find their way back by themselves.
 *
 * A new one is made where there is none, where it was not used for seven days, and where others could have read it.
 *
 * @param now milliseconds since 1970
 */
export async function keptSessionKey(homeFolder: string, now: number = Date.now()): Promise<Buffer> {
  const path = join(homeFolder, "web-session.key");
  const kept = await privateKey(path, now);
  if (kept) {
    await utimes(path, now / 1000, now / 1000);
    return kept;
  }
  const key = randomBytes(KEY_BYTES);
  await writeFileAtomically(path, key.toString("base64url"), { mode: 0o600 });
  return key;
}

async function privateKey(path: string, now: number): Promise<Buffer | undefined> {
  try {
    const { mode, mtimeMs } = await stat(path);
    const isPrivate = process.platform === "win32" || (mode & 0o077) === 0;
    if (!isPrivate || now - mtimeMs > KEPT_MS) return undefined;
    const key = Buffer.from(await readFile(path, "utf8"), "base64url");
    return key.length === KEY_BYTES ? key : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
