import type { KeyboardEvent } from "react";
import { graphStore } from "../stores/graph.ts";
import { keyNames } from "../ui/key-names.ts";
import type { Motion } from "./grid-places.ts";
import { type Grid, KEYS } from "./use-grid.ts";

/** Does in a grid what the keys of a spreadsheet do; other presses go on to the window. */
export function onGridKey(event: KeyboardEvent, grid: Grid): void {
  if (grid.editing || !doKey(event, grid)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** @returns whether the press meant the grid. */
function doKey(event: KeyboardEvent, grid: Grid): boolean {
  const { active, anchor, size } = grid;
  const [keys = ""] = keyNames(event.nativeEvent);
  const mod = keys.startsWith("Mod+");
  const motion = motionOf(event.key, mod);
  if (motion && !event.altKey) {
    grid.step(motion, event.shiftKey && active.row >= 0);
    return true;
  }
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && active.row >= 0) {
    grid.moveRows(event.key === "ArrowUp" ? -1 : 1);
    return true;
  }
  if (mod) return doModKey(keys, grid);
  switch (event.key) {
    case "Enter":
      if (active.row < 0 && !event.shiftKey) grid.openMenuByKey();
      else grid.begin();
      return true;
    case "F2":
      grid.begin();
      return true;
    case "Tab": {
      // At the end of a row it leaves the grid, as Tab does everywhere.
      const to = active.column + (event.shiftKey ? -1 : 1);
      if (to < KEYS || to >= size.columns) return false;
      grid.go({ ...active, column: to });
      return true;
    }
    case "Delete":
    case "Backspace":
      grid.clear();
      return true;
    case "Escape":
      if (!anchor) return false;
      grid.select(undefined, active);
      return true;
    case " ":
      if (!event.shiftKey) break;
      grid.select({ row: active.row, column: KEYS }, { row: active.row, column: size.columns - 1 });
      return true;
    default:
      break;
  }
  if (event.key.length !== 1 || event.altKey) return false;
  grid.begin(event.key);
  return true;
}

function doModKey(keys: string, grid: Grid): boolean {
  const { undo, redo } = graphStore.getState();
  if (keys === "Mod+Z") undo();
  else if (keys === "Mod+Shift+Z" || keys === "Mod+Y") redo();
  else if (keys === "Mod+A")
    grid.select({ row: 0, column: 0 }, { row: grid.size.rows - 1, column: grid.size.columns - 1 });
  else if (/Enter$|Insert$/.test(keys)) grid.addRow(grid.active.row + 1);
  else return false;
  return true;
}

const motions: Readonly<Record<string, Motion>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  PageUp: "page-up",
  PageDown: "page-down",
  Home: "row-start",
  End: "row-end",
};

function motionOf(key: string, mod: boolean): Motion | undefined {
  if (!mod) return motions[key];
  if (key === "Home" || key === "ArrowUp") return "first";
  return key === "End" || key === "ArrowDown" ? "last" : undefined;
}
