import { graphStore } from "../stores/graph.ts";
import { copyToClipboard, duplicateSelection, pasteFromClipboard } from "../stores/graph-clipboard.ts";
import { nudgeSelection, removeSelection, selectAll } from "../stores/graph-edits.ts";
import { canUngroup, groupSelection, ungroupSelection } from "../stores/group-edits.ts";
import { stage } from "../stores/stage.ts";
import { tidyUp } from "./tidy-up.ts";

/** One thing the canvas can do: its keys, the command palette and the help are all made from this list. */
export type CanvasAction = {
  readonly id: string;
  readonly label: string;
  readonly group: "Edit" | "Canvas";
  /** As `Keys` reads them. */
  readonly keys?: string;
  readonly otherKeys?: readonly string[];
  /** Other words for it in the command palette. */
  readonly also?: readonly string[];
  /** It is about what is selected; with the keyboard, about what has the focus. */
  readonly ofSelection?: true;
  /** Changes or deletes something; see `Findable`. */
  readonly changes?: true;
  readonly enabled?: () => boolean;
  /** Why it is not enabled. */
  readonly why?: () => string;
  readonly run: () => void;
};

const hasSelection = () => graphStore.getState().selectedNodeIds.size > 0;
const selectFirst = () => "Select a node first.";
const hasAnySelection = () => hasSelection() || graphStore.getState().selectedEdgeIds.size > 0;

function cut(): void {
  void copyToClipboard().then(removeSelection);
}

function clearSelection(): void {
  graphStore.getState().select([]);
}

const nudge = (key: string, name: string, dx: number, dy: number): CanvasAction[] => [
  {
    id: `nudge-${name}`,
    label: `Move ${name}`,
    group: "Edit",
    keys: key,
    changes: true,
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: () => nudgeSelection(dx, dy),
  },
  {
    id: `nudge-${name}-far`,
    label: `Move ${name} by 10`,
    group: "Edit",
    keys: `Shift+${key}`,
    changes: true,
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: () => nudgeSelection(dx * 10, dy * 10),
  },
];

export const canvasActions: readonly CanvasAction[] = [
  {
    id: "undo",
    changes: true,
    label: "Undo",
    also: ["back", "revert"],
    group: "Edit",
    keys: "Mod+Z",
    enabled: () => graphStore.getState().canUndo,
    why: () => "There is nothing to undo.",
    run: () => graphStore.getState().undo(),
  },
  {
    id: "redo",
    changes: true,
    label: "Redo",
    also: ["again"],
    group: "Edit",
    keys: "Mod+Shift+Z",
    otherKeys: ["Mod+Y"],
    enabled: () => graphStore.getState().canRedo,
    why: () => "There is nothing to redo.",
    run: () => graphStore.getState().redo(),
  },
  // Cut, copy and paste come as clipboard events; their keys are named here for menus and help alone.
  {
    id: "cut",
    changes: true,
    label: "Cut",
    group: "Edit",
    keys: "Mod+X",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: cut,
  },
  {
    id: "copy",
    label: "Copy",
    group: "Edit",
    keys: "Mod+C",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: () => void copyToClipboard(),
  },
  {
    id: "paste",
    label: "Paste",
    group: "Edit",
    keys: "Mod+V",
    changes: true,
    run: () => void pasteFromClipboard(),
  },
  {
    id: "duplicate",
    changes: true,
    label: "Duplicate",
    also: ["copy", "clone"],
    group: "Edit",
    keys: "Mod+D",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: duplicateSelection,
  },
  {
    id: "select-all",
    label: "Select all",
    also: ["everything"],
    group: "Edit",
    keys: "Mod+A",
    run: selectAll,
  },
  {
    id: "delete",
    changes: true,
    label: "Delete",
    also: ["remove", "erase"],
    group: "Edit",
    keys: "Delete",
    otherKeys: ["Backspace"],
    ofSelection: true,
    enabled: hasAnySelection,
    why: () => "Select a node or a wire first.",
    run: removeSelection,
  },
  {
    id: "group",
    changes: true,
    label: "Group",
    also: ["frame", "together"],
    group: "Edit",
    keys: "Mod+G",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: groupSelection,
  },
  {
    id: "ungroup",
    changes: true,
    label: "Ungroup",
    group: "Edit",
    keys: "Mod+Shift+G",
    ofSelection: true,
    enabled: canUngroup,
    why: () => "Select a group, or a node in one.",
    run: ungroupSelection,
  },
  {
    id: "rename",
    changes: true,
    label: "Rename",
    also: ["title", "name"],
    group: "Edit",
    keys: "F2",
    ofSelection: true,
    enabled: () => graphStore.getState().selectedNodeIds.size === 1,
    why: () => "Select one node first.",
    run: () => {
      const [nodeId] = graphStore.getState().selectedNodeIds;
      if (nodeId !== undefined) stage()?.rename(nodeId);
    },
  },
  ...nudge("ArrowLeft", "left", -1, 0),
  ...nudge("ArrowRight", "right", 1, 0),
  ...nudge("ArrowUp", "up", 0, -1),
  ...nudge("ArrowDown", "down", 0, 1),
  {
    id: "quick-add",
    label: "Add a node",
    also: ["insert", "new node", "create"],
    group: "Canvas",
    keys: "/",
    run: () => stage()?.openQuickAdd(),
  },
  {
    id: "fit",
    label: "Zoom to fit",
    also: ["everything", "whole", "overview"],
    group: "Canvas",
    keys: "F",
    otherKeys: ["1"],
    run: () => stage()?.fit(),
  },
  {
    id: "fit-selection",
    label: "Zoom to selection",
    also: ["focus"],
    group: "Canvas",
    keys: "2",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: () => stage()?.fit([...graphStore.getState().selectedNodeIds]),
  },
  {
    id: "zoom-100",
    label: "Zoom to 100 %",
    also: ["actual size", "reset zoom"],
    group: "Canvas",
    keys: "0",
    otherKeys: ["Mod+0"],
    run: () => stage()?.zoomTo(1),
  },
  {
    id: "zoom-in",
    label: "Zoom in",
    also: ["larger", "bigger", "closer"],
    group: "Canvas",
    keys: "=",
    otherKeys: ["Plus", "Mod+=", "Mod+Plus"],
    run: () => stage()?.zoomBy(1.25),
  },
  {
    id: "zoom-out",
    label: "Zoom out",
    also: ["smaller", "farther"],
    group: "Canvas",
    keys: "-",
    otherKeys: ["Mod+-", "Mod+_"],
    run: () => stage()?.zoomBy(0.8),
  },
  {
    id: "tidy-up",
    changes: true,
    label: "Tidy up",
    also: ["layout", "arrange", "clean up", "align"],
    group: "Canvas",
    keys: "Shift+T",
    run: () => void tidyUp(),
  },
  {
    id: "select-none",
    label: "Select nothing",
    also: ["deselect", "clear"],
    group: "Canvas",
    keys: "Escape",
    enabled: hasAnySelection,
    why: () => "Nothing is selected.",
    run: clearSelection,
  },
];

export function canvasAction(id: string): CanvasAction {
  const action = canvasActions.find((candidate) => candidate.id === id);
  if (!action) throw new Error(`The canvas has no action “${id}”.`);
  return action;
}
