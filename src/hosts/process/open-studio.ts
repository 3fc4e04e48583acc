import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../../package.json" with { type: "json" };
import { createSecretFile, type StudioOptions } from "../../studio/host.ts";
import { createStudio, type Studio } from "../../studio/service.ts";
import { asUnbegun } from "../terminal/exit-codes.ts";
import { note } from "../terminal/terminal.ts";
import { attendStudio } from "./crash-guard.ts";
import { homeFolder } from "./home-folder.ts";
import { spawnNode } from "./spawn.ts";

export type SandboxArguments = {
  readonly mode?: "current" | "legacy";
  readonly speed?: number | "max";
  readonly faults?: string;
};

/** The studio as the command line and the web host run it: plain Node, keys in a 0600 file. */
export async function openStudio(
  options: SandboxArguments & {
    readonly home?: string;
    readonly server?: StudioOptions["server"];
    readonly firstExample?: string;
    /** How long a remote job is looked at, in milliseconds. */
    readonly deadline?: number;
  },
): Promise<Studio> {
  const home = homeFolder(options.home, process.env);
  const studio = await createStudio({
    version: manifest.version,
    host: "web",
    homeFolder: home,
    environment: process.env,
    secrets: createSecretFile(join(home, "secrets.json")),
    spawn: spawnNode,
    entries: {
      editor: new URL("../../editing/worker.ts", import.meta.url),
      sandbox: new URL("../../sandbox/main.ts", import.meta.url),
    },
    examplesFolder: fileURLToPath(new URL("../../../examples/", import.meta.url)),
    sandbox: {
      ...(options.mode && { mode: options.mode }),
      ...(options.speed && { speed: options.speed }),
      ...(options.faults && { faultsFile: options.faults }),
      onShared: note,
    },
    ...(options.deadline && { jobDeadlineMs: options.deadline }),
    ...(options.server && { server: options.server }),
    ...(options.firstExample !== undefined && { firstExample: options.firstExample }),
  }).catch((error: unknown) => {
    throw asUnbegun(error);
  });
  attendStudio({ homeFolder: home, close: () => studio.close() });
  return studio;
}
