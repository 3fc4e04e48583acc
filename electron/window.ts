import { BrowserWindow, type Session, shell, type WebContents } from "electron";
import { ask } from "./ask.ts";
import { afterPageGone, appOrigin, isOurs, isPermitted, opensOutside } from "./rules.ts";

/** Opens the studio's window: sandboxed, isolated, and unable to leave our own page. */
export function openWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 600,
    show: false,
    backgroundColor: "#0e0f12",
    title: "Catwalk",
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  recover(window);
  denyPermissions(window.webContents.session);
  window.once("ready-to-show", () => window.show());
  // The page asks to stay when something is unsaved; Electron leaves the question to us.
  window.webContents.on("will-prevent-unload", (event) => {
    const lost = "They could not be written into the data folder. Closing now loses them.";
    // For this event, preventing the default means: leave all the same.
    if (ask("The last changes are not kept yet.", lost, ["Close", "Stay"])) event.preventDefault();
  });
  void window.loadURL(`${appOrigin}/`);
  return window;
}

/** For every page there ever is, also one that Electron makes by itself. */
export function lockNavigation(contents: WebContents): void {
  const stay = (event: { readonly url: string; preventDefault(): void }) => {
    if (!isOurs(event.url)) event.preventDefault();
  };
  contents.on("will-navigate", stay);
  contents.on("will-redirect", stay);
  contents.on("will-frame-navigate", stay);
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (opensOutside(url)) void shell.openExternal(url);
    return { action: "deny" };
  });
}

/** A page that died or hangs is loaded again: documents are kept within a second of each edit, runs go on here. */
function recover(window: BrowserWindow): void {
  const { webContents } = window;
  /** The person has said "Load it again" already; the end of the page that hangs is no news then. */
  let isWanted = false;
  webContents.on("render-process-gone", (_event, { reason }) => {
    const next = afterPageGone(reason, isWanted);
    isWanted = false;
    if (next === "nothing" || window.isDestroyed()) return;
    if (next === "load") return webContents.reload();
    const detail = `Runs go on, and the graph is as it was a second before. (${reason})`;
    if (ask("The window has crashed.", detail, ["Load it again", "Close"])) webContents.reload();
    else window.destroy();
  });
  window.on("unresponsive", () => {
    const detail = "Runs go on meanwhile. Loading it again loses at most the last second of edits.";
    if (window.isDestroyed() || !ask("The window does not answer.", detail, ["Load it again", "Wait"]))
      return;
    isWanted = true;
    webContents.forcefullyCrashRenderer();
  });
}

function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(isPermitted(permission, requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermitted(permission, origin));
  // The spell checker would fetch its dictionaries from a server.
  session.setSpellCheckerEnabled(false);
}
