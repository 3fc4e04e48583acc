/**
 * The sandbox as a process of its own. Flags as `catwalk sandbox` has them, or as a JSON object in
 * `CATWALK_SANDBOX_OPTIONS`; `--with-parent` ends it when the process that started it is gone and nobody else uses it.
 * Prints one line, `listening URL`, once ready, and `staying` when it goes on without its parent.
 */

import { parseArgs } from "node:util";
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { sandboxOptions } from "./options.ts";
import { startSandbox } from "./server.ts";

const flag = { type: "string" } as const;

function readFlags(): {
  readonly options: unknown;
  readonly withParent: boolean;
  readonly editorEntry: string | undefined;
} {
  const { values } = parseArgs({
    options: {
      mode: flag,
      port: flag,
      state: flag,
      speed: flag,
      seed: flag,
      faults: flag,
      log: flag,
      "editor-entry": flag,
      "with-parent": { type: "boolean" },
    },
  });
  const { "with-parent": withParent, "editor-entry": editorEntry, ...given } = values;
  const preset = process.env["CATWALK_SANDBOX_OPTIONS"];
  const base = preset === undefined ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(preset));
  return { options: { ...base, ...given }, withParent: withParent === true, editorEntry };
}

/** Forked processes have a channel that closes; others hold their parent's end of standard input. */
function onParentGone(callback: () => void): void {
  if (process.connected) {
    process.on("disconnect", callback);
    return;
  }
  // Electron ends its utility processes itself.
  if (process.versions["electron"] !== undefined) return;
  process.stdin.on("end", callback).on("error", callback).resume();
}

// Its state lies in the data folder, which is its user's alone.
process.umask(0o077);

try {
  const { options, withParent, editorEntry } = readFlags();
  const parsed = sandboxOptions.safeParse(options);
  if (!parsed.success) {
    console.error(z.prettifyError(parsed.error));
    process.exit(2);
  }
  const sandbox = await startSandbox({
    ...parsed.data,
    ...(editorEntry === undefined ? {} : { editorEntry: new URL(editorEntry) }),
  });
  let closing = false;
  const end = (): void => {
    if (closing) return;
    closing = true;
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  if (withParent)
    onParentGone(() => {
      sandbox.onUnused(end);
      if (sandbox.isUsed) process.stdout.write("staying\n");
      else end();
    });
  // What it says when its parent is gone, nobody hears.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.stdout.write(`listening ${sandbox.url}\n`);
} catch (error) {
  console.error(messageOf(error));
  const badFlags =
    error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  process.exit(badFlags ? 2 : 1);
}
