import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnNode } from "../../src/hosts/process/spawn.ts";
import type { Preflight } from "../../src/studio/contract.ts";
import type { StudioOptions } from "../../src/studio/ground/options.ts";
import { createSecretFile } from "../../src/studio/ground/secret-file.ts";
import { createStudio, type Studio } from "../../src/studio/service.ts";

export const examplesFolder = fileURLToPath(new URL("../../examples/", import.meta.url));

/** The studio as the command line has it, with its sandbox at full speed and no key in the environment. */
export function studioOptions(home: string, options: Partial<StudioOptions> = {}): StudioOptions {
  return {
    version: "0.0.0-test",
    host: "web",
    homeFolder: home,
    secrets: createSecretFile(join(home, "secrets.json")),
    spawn: spawnNode,
    entries: {
      editor: new URL("../../src/editing/worker.ts", import.meta.url),
      sandbox: new URL("../../src/sandbox/main.ts", import.meta.url),
    },
    examplesFolder,
    sandbox: { speed: "max" },
    ...options,
    environment: { CATWALK_CHECK_ANSWERS: "1", ...options.environment },
  };
}

/** A studio on a fresh data folder, or on the one given; the folder stays when it was given. */
export async function openTestStudio(
  options: Partial<StudioOptions> = {},
): Promise<AsyncDisposable & Studio & { readonly home: string }> {
  const home = options.homeFolder ?? (await mkdtemp(join(tmpdir(), "catwalk-studio-")));
  const studio = await createStudio(studioOptions(home, options));
  return Object.assign(studio, {
    home,
    async [Symbol.asyncDispose]() {
      await studio.close();
      if (options.homeFolder === undefined) await rm(home, { recursive: true, force: true });
    },
  });
}

/** A look at a run, for tests that are about what comes after it. */
export async function lookedAt<Request>(
  by: { preflight(request: Request): Promise<Preflight> },
  request: Request,
): Promise<{ readonly handle: string }> {
  const { handle, problems } = await by.preflight(request);
  if (handle === undefined) throw new Error(problems.map(({ message }) => message).join(" "));
  return { handle };
}

/** Every file under a folder that holds the text, in any of its bytes. */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path.slice(folder.length + 1));
  }
  return found;
}
