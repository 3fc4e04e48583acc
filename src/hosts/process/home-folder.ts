import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The data folder: `--home`, else CATWALK_HOME, else the platform's place for application data. */
export function homeFolder(
  option: string | undefined,
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const named = option ?? environment["CATWALK_HOME"];
  if (named) return resolve(named);
  if (platform === "win32")
    return join(environment["APPDATA"] ?? join(homedir(), "AppData", "Roaming"), "Catwalk");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "Catwalk");
  return join(environment["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"), "catwalk");
}
