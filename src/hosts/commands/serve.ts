import { spawn } from "node:child_process";
import { homeFolder } from "../process/home-folder.ts";
import { openStudio, type SandboxArguments } from "../process/open-studio.ts";
import { openOrSalvage } from "../process/salvage.ts";
import { untilSignal } from "../process/until-signal.ts";
import { CommandFailure, exitCode } from "../terminal/exit-codes.ts";
import { note, print } from "../terminal/terminal.ts";
import { ensureRenderer } from "../web/renderer.ts";
import { keptSessionKey } from "../web/session-key.ts";
import { startWebHost, type WebHost } from "../web/web.ts";
import { typedYes } from "./run.ts";

export type ServeArguments = SandboxArguments & {
  readonly port: number;
  readonly open: boolean;
  readonly home?: string;
  readonly firstExample?: string;
};

/** `catwalk serve`: the studio in a browser of this machine, until Ctrl-C. */
export async function serve(options: ServeArguments): Promise<void> {
  const rendererFolder = await ensureRenderer();
  const studio = await openOrSalvage(homeFolder(options.home, process.env), () => openStudio(options), {
    ask: (offer) => {
      note(offer);
      return typedYes();
    },
    tell: (lines) => lines.forEach(note),
  });
  let host: WebHost | undefined;
  try {
    const sessionKey = await keptSessionKey(homeFolder(options.home, process.env));
    host = await startOnPort(options.port, (port) =>
      startWebHost({ studio, rendererFolder, port, sessionKey }),
    );
    print(`listening ${host.url}`);
    if (options.open) openBrowser(host.openingUrl());
    await untilSignal();
    for (const line of studio.quitting()?.lines ?? []) note(line);
  } finally {
    await host?.close();
    await studio.close();
  }
}

/** The usual port keeps bookmarks and window settings; when another studio has it, any free one will do. */
async function startOnPort(port: number, start: (port: number) => Promise<WebHost>): Promise<WebHost> {
  try {
    return await start(port);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    if (port !== defaultPort) {
      throw new CommandFailure(
        exitCode.usage,
        `Port ${port} is in use. Take another, or --port 0 for any free one.`,
      );
    }
    return await start(0);
  }
}

export const defaultPort = 4020;

function openBrowser(url: string): void {
  if (process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"]) return;
  const commands: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["open", url],
    win32: ["cmd", "/c", "start", "", url.replaceAll("&", "^&")],
  };
  const [command, ...args] = commands[process.platform] ?? ["xdg-open", url];
  const child = spawn(command ?? "xdg-open", args, {
    stdio: "ignore",
    detached: true,
    // It needs the desktop's whole environment, but no key.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CATWALK|WONDA)_/.test(name))),
  });
  child.on("error", () => note("No browser could be opened; open the address above."));
  child.unref();
}
