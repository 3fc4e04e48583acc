import { BrowserWindow, dialog } from "electron";
import type { FileDialogs } from "../src/studio/host.ts";

const filters = [{ name: "Catwalk graph", extensions: ["json"] }];

/** Native dialogs; the paths they give never reach the window. */
export function createFileDialogs(): FileDialogs {
  return {
    async open() {
      const { canceled, filePaths } = await dialog.showOpenDialog(parent(), {
        filters,
        properties: ["openFile"],
      });
      return canceled ? undefined : filePaths[0];
    },
    async save(suggestedName) {
      const { canceled, filePath } = await dialog.showSaveDialog(parent(), {
        filters,
        defaultPath: suggestedName,
      });
      return canceled ? undefined : filePath;
    },
  };
}

function parent(): BrowserWindow {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  if (!window) throw new Error("There is no window to show a dialog in.");
  return window;
}
