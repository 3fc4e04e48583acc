import { BrowserWindow, type Session, shell } from "electron";
import { ask } from "./ask.ts";

/** The one origin the window may show; served by `protocol.ts`. */
export const appOrigin = "catwalk://app";

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
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  lockNavigation(window);
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

function lockNavigation(window: BrowserWindow): void {
  const contents = window.webContents;
  contents.on("will-navigate", (event) => {
    if (new URL(event.url).origin !== new URL(appOrigin).origin) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // Links to posts and help open in the person's browser, and only as web pages.
    if (url.startsWith("https://")) void shell.openExternal(url);
    return { action: "deny" };
  });
}

function denyPermissions(session: Session): void {
  const allowed = new Set(["clipboard-sanitized-write", "clipboard-read"]);
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(allowed.has(permission)));
  session.setPermissionCheckHandler((_contents, permission) => allowed.has(permission));
}
