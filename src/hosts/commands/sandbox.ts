import { join, resolve } from "node:path";
import { z } from "zod";
import { sandboxOptions } from "../../sandbox/options.ts";
import { startSandbox } from "../../sandbox/server.ts";
import { homeFolder } from "../process/home-folder.ts";
import { untilSignal } from "../process/until-signal.ts";
import { CommandFailure, exitCode } from "../terminal/exit-codes.ts";
import { note, print } from "../terminal/terminal.ts";

export type SandboxCommandArguments = {
  readonly mode: "current" | "legacy";
  readonly port: number;
  readonly state?: string;
  readonly speed: number | "max";
  readonly seed: number;
  readonly faults?: string;
  readonly log?: string;
  readonly home?: string;
};

/** `catwalk sandbox`: the API on this machine, until Ctrl-C. */
export async function serveSandbox({ home, state, ...flags }: SandboxCommandArguments): Promise<void> {
  const folder = state === undefined ? join(homeFolder(home, process.env), "sandbox") : resolve(state);
  const options = sandboxOptions.safeParse({ ...flags, state: folder });
  if (!options.success) throw new CommandFailure(exitCode.usage, z.prettifyError(options.error).split("\n"));
  // What is kept there is this user's alone.
  process.umask(0o077);
  const sandbox = await startSandbox(options.data).catch((error: unknown) => {
    // A taken port or state folder comes as a plain Error; other kinds are our own mistakes.
    if (!(error instanceof Error) || error.name !== "Error") throw error;
    const why = error.cause instanceof Error ? ` (${error.cause.message})` : "";
    throw new CommandFailure(exitCode.usage, `${error.message}${why}`, { cause: error });
  });
  print(`listening ${sandbox.url}`);
  note(`Any key of the form sk_ and 64 hex characters is accepted. State is kept in ${folder}.`);
  await untilSignal();
  await sandbox.close();
}
