import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, type SandboxSettings, startSandbox } from "../../src/sandbox/server.ts";

/** Any key of the right shape is an account of its own. */
export const sandboxKey = (digit = "a"): string => `sk_${digit.repeat(64)}`;

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "catwalk-sandbox-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A sandbox on a free port, at full speed unless told otherwise, with a state folder that goes when it does. */
export async function openSandbox(
  settings: Partial<SandboxSettings> = {},
): Promise<AsyncDisposable & Sandbox & { readonly stateDir: string }> {
  const folder = await temporaryFolder();
  const stateDir = settings.stateDir ?? folder.path;
  const sandbox = await startSandbox({
    mode: "current",
    port: 0,
    speed: "max",
    seed: 1,
    ...settings,
    stateDir,
  });
  return {
    ...sandbox,
    stateDir,
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
