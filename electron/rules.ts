import { posix, win32 } from "node:path";
import { fileURLToPath } from "node:url";

/** What the window may do, as decisions without Electron: its shell only asks and obeys. */

/** The one origin the window may show; served by `protocol.ts`. */
export const appOrigin = "catwalk://app";

/**
 * Whether an address is our own page. Scheme and host are compared by themselves: to the browser the origin of every
 * scheme it does not know is "null", ours as well as `evil://` and `file:`.
 */
export function isOurs(address: string): boolean {
  const url = parsed(address);
  const ours = new URL(appOrigin);
  return (
    url !== undefined &&
    url.protocol === ours.protocol &&
    url.host === ours.host &&
    url.username === "" &&
    url.password === ""
  );
}

/** Whether a link opens in the person's browser: posts and help, as web pages alone. */
export function opensOutside(address: string): boolean {
  const url = parsed(address);
  return url?.protocol === "https:" && url.username === "" && url.password === "";
}

/** What our page may ask of the browser; reading the clipboard is done by the person's own paste. */
const allowed: ReadonlySet<string> = new Set(["clipboard-sanitized-write"]);

/** @param origin of the page that asks, where it is known. */
export function isPermitted(permission: string, origin: string | undefined): boolean {
  return allowed.has(permission) && origin !== undefined && isOurs(origin);
}

/**
 * What is done about a page whose process is gone.
 *
 * @param reason as Electron names it.
 * @param isWanted whether the person has just asked for it, to load the page again.
 */
export function afterPageGone(reason: string, isWanted: boolean): "nothing" | "load" | "ask" {
  if (isWanted) return "load";
  return reason === "clean-exit" ? "nothing" : "ask";
}

/** How the system keeps keys, in words. @param backend as Electron names it on Linux; undefined elsewhere. */
export function keyStorageWords(backend: string | undefined): string {
  return backend === "basic_text" || backend === "unknown"
    ? "This desktop has no key store, so a key is kept with a password that every program knows. Set CATWALK_API_KEY instead, or install one (GNOME Keyring, KWallet)."
    : `Encrypted by this computer's key store${backend === undefined ? "" : ` (${backend.replaceAll("_", " ")})`}.`;
}

/** Sent with everything under our scheme; media brings a stricter policy of its own. */
export const schemeHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

/**
 * The graph files that a start was asked to open, as absolute paths in their order. Everything else of its arguments
 * is the system's or Chromium's, which adds switches of its own and may change their order.
 *
 * @param start.argv with the program first, as Electron gives it.
 * @param start.folder relative paths are below it: the working folder of the start that was asked.
 */
export function filesToOpen(start: {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly platform: string;
}): readonly string[] {
  const path = start.platform === "win32" ? win32 : posix;
  const names = start.argv.slice(1);
  const end = names.indexOf("--");
  const isSwitch = (name: string, at: number) => name.startsWith("-") && (end === -1 || at < end);
  const files = names
    .filter((name, at) => !isSwitch(name, at))
    .map((name) => (/^file:\/\//i.test(name) ? fileOf(name, start.platform) : name))
    .filter((name) => name !== undefined && /\.json$/i.test(name) && !name.includes("\0"))
    .map((name) => path.resolve(start.folder, name ?? ""));
  return [...new Set(files)];
}

/** As desktops hand over what was dropped on an icon; undefined where it is on another computer. */
function fileOf(address: string, platform: string): string | undefined {
  try {
    return fileURLToPath(address, { windows: platform === "win32" });
  } catch {
    return undefined;
  }
}

function parsed(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}
