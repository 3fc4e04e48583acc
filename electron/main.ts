import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RPCHandler } from "@orpc/server/message-port";
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  session,
  utilityProcess,
} from "electron";
import manifest from "../package.json" with { type: "json" };
import { childEnvironment } from "../src/editing/child-environment.ts";
import { attendStudio, guardProcess } from "../src/hosts/process/crash-guard.ts";
import { homeFolder } from "../src/hosts/process/home-folder.ts";
import { openOrSalvage } from "../src/hosts/process/salvage.ts";
import type { Spawn } from "../src/studio/host.ts";
import { createStudio, type Studio } from "../src/studio/service.ts";
import { proxyOfSystem } from "../src/wondercat/proxies.ts";
import { ask } from "./ask.ts";
import { createFileDialogs } from "./file-dialogs.ts";
import { declareScheme, serveScheme } from "./protocol.ts";
import { filesToOpen, isOurs } from "./rules.ts";
import { createElectronSecrets } from "./secrets.ts";
import { lockNavigation, openWindow } from "./window.ts";

/** The life of the desktop app. Every decision that needs no Electron lives in `src/studio`. */

const bundles = import.meta.dirname;
const home = homeFolder(undefined, process.env);

app.enableSandbox();
declareScheme();
guardProcess({
  version: manifest.version,
  environment: process.env,
  tell: (lines) => dialog.showErrorBox("Catwalk has to end", lines.join("\n\n")),
  end: () => app.exit(1),
});
if (app.requestSingleInstanceLock()) {
  app.on("web-contents-created", (_event, contents) => lockNavigation(contents));
  app.on("second-instance", (_event, argv, folder) => {
    showWindow();
    offer(filesToOpen({ argv, folder, platform: process.platform }));
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    showWindow();
    offer([path]);
  });
  // Module evaluation must not wait for readiness: Electron gets ready only after it.
  void app.whenReady().then(start);
} else app.quit();

/** What a person opens by the system before the studio is there. */
const early = [...filesToOpen({ argv: process.argv, folder: process.cwd(), platform: process.platform })];
let offer = (paths: readonly string[]): void => void early.push(...paths);

async function start(): Promise<void> {
  let studio: Studio;
  try {
    studio = await openOrSalvage(home, openStudio, {
      ask: (offer) => ask("The library is damaged.", offer, ["Salvage", "Quit"]),
      tell: (lines) => void dialog.showMessageBoxSync({ message: lines.join("\n\n") }),
    });
  } catch (error) {
    dialog.showErrorBox("Catwalk cannot open its data folder", messageOf(error));
    app.exit(1);
    return;
  }
  attendStudio({ homeFolder: home, close: () => studio.close() });
  await serveScheme(join(bundles, "../renderer"), studio);
  handPortsTo(studio);
  offer = studio.offerFiles;
  offer(early);
  Menu.setApplicationMenu(applicationMenu());
  const open = () => openWindow(join(bundles, "preload.cjs"));
  const openIfNone = () => void (BrowserWindow.getAllWindows().length === 0 && open());
  app.on("activate", openIfNone);
  quitGently(studio, openIfNone);
  open();
}

/** A second start shows the window there is, wherever it was. */
function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window?.isMinimized()) window.restore();
  window?.show();
  window?.focus();
}

function openStudio(): Promise<Studio> {
  return createStudio({
    version: manifest.version,
    host: "electron",
    homeFolder: home,
    environment: process.env,
    secrets: createElectronSecrets(join(home, "keys.json")),
    spawn: spawnUtility,
    entries: {
      editor: pathToFileURL(join(unpacked(bundles), "editor.js")),
      sandbox: pathToFileURL(join(unpacked(bundles), "sandbox.js")),
    },
    examplesFolder: join(app.isPackaged ? process.resourcesPath : app.getAppPath(), "examples"),
    firstExample: "product-clip",
    fileDialogs: createFileDialogs(),
    systemProxy: async (server) => proxyOfSystem(await session.defaultSession.resolveProxy(server.href)),
  });
}

/** A window that asks gets one port to the studio; nothing but our own top frame may ask. */
function handPortsTo(studio: Studio): void {
  const handler = new RPCHandler(studio.router);
  ipcMain.on("studio:ask-port", ({ sender, senderFrame }) => {
    const isOurTop = senderFrame !== null && senderFrame === sender.mainFrame;
    if (!isOurTop || !isOurs(senderFrame.url)) return;
    const { port1, port2 } = new MessageChannelMain();
    handler.upgrade(port1, { context: {} });
    port1.start();
    senderFrame.postMessage("studio:port", null, [port2]);
  });
}

/** Says so when runs are under way; then creates in flight are awaited before the process ends. */
function quitGently(studio: Studio, stay: () => void): void {
  let closing = false;
  app.on("window-all-closed", () => app.quit());
  app.on("before-quit", (event) => {
    const notice = closing ? undefined : studio.quitting();
    if (!notice) return;
    if (ask(notice.message, notice.detail, ["Quit", "Stay"])) return;
    event.preventDefault();
    // Who closed the last window and stays needs one.
    stay();
  });
  app.on("will-quit", (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    void studio.close().finally(() => app.exit(0));
  });
}

/** Copy and paste need a menu on macOS; elsewhere the window's own menu is enough. */
function applicationMenu(): Menu | null {
  if (process.platform !== "darwin") return null;
  return Menu.buildFromTemplate([{ role: "appMenu" }, { role: "editMenu" }, { role: "windowMenu" }]);
}

/** Child programs are started from outside the archive. */
function unpacked(path: string): string {
  return path.replace("app.asar", "app.asar.unpacked");
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "remedy" in error ? `${error.message}\n\n${error.remedy}` : error.message;
}

/** Starts a child program as a utility process; Electron ends it with the app. */
const spawnUtility: Spawn = (entry, args) => {
  const child = utilityProcess.fork(fileURLToPath(entry), [...args], {
    stdio: "pipe",
    env: childEnvironment(),
  });
  return {
    postMessage: (message) => child.postMessage(message),
    onMessage: (listener) => child.on("message", listener),
    onStdout: (listener) => child.stdout?.setEncoding("utf8").on("data", listener),
    onStderr: (listener) => child.stderr?.setEncoding("utf8").on("data", listener),
    onExit: (listener) => child.once("exit", listener),
    kill: () => child.kill(),
  };
};
