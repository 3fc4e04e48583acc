import { graphStore } from "../stores/graph.ts";
import { copyToClipboard, duplicateSelection, pasteFromClipboard } from "../stores/graph-clipboard.ts";
import { nudgeSelection, removeSelection, selectAll } from "../stores/graph-edits.ts";
import { canUngroup, groupSelection, ungroupSelection } from "../stores/group-edits.ts";
import { stage } from "../stores/stage.ts";
import { t } from "../words/words.ts";
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
const selectFirst = () => t("canvas.selectNodeFirst");
const hasAnySelection = () => hasSelection() || graphStore.getState().selectedEdgeIds.size > 0;

function cut(): void {
  void copyToClipboard().then(removeSelection);
}

function clearSelection(): void {
  graphStore.getState().select([]);
}

const nudges = {
  left: ["canvas.moveLeft", "canvas.moveLeftFar"],
  right: ["canvas.moveRight", "canvas.moveRightFar"],
  up: ["canvas.moveUp", "canvas.moveUpFar"],
  down: ["canvas.moveDown", "canvas.moveDownFar"],
} as const;

const nudge = (key: string, name: keyof typeof nudges, dx: number, dy: number): CanvasAction[] => [
  {
    id: `nudge-${name}`,
    get label() {
      return t(nudges[name][0]);
    },
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
    get label() {
      return t(nudges[name][1]);
    },
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
    get label() {
      return t("canvas.undo");
    },
    also: ["back", "revert"],
    group: "Edit",
    keys: "Mod+Z",
    enabled: () => graphStore.getState().canUndo,
    why: () => t("canvas.nothingToUndo"),
    run: () => graphStore.getState().undo(),
  },
  {
    id: "redo",
    changes: true,
    get label() {
      return t("canvas.redo");
    },
    also: ["again"],
    group: "Edit",
    keys: "Mod+Shift+Z",
    otherKeys: ["Mod+Y"],
    enabled: () => graphStore.getState().canRedo,
    why: () => t("canvas.nothingToRedo"),
    run: () => graphStore.getState().redo(),
  },
  // Cut, copy and paste come as clipboard events; their keys are named here for menus and help alone.
  {
    id: "cut",
    changes: true,
    get label() {
      return t("canvas.cut");
    },
    group: "Edit",
    keys: "Mod+X",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: cut,
  },
  {
    id: "copy",
    get label() {
      return t("canvas.copy");
    },
    group: "Edit",
    keys: "Mod+C",
    ofSelection: true,
    enabled: hasSelection,
    why: selectFirst,
    run: () => void copyToClipboard(),
  },
  {
    id: "paste",
    get label() {
      return t("canvas.paste");
    },
    group: "Edit",
    keys: "Mod+V",
    changes: true,
    run: () => void pasteFromClipboard(),
  },
  {
    id: "duplicate",
    changes: true,
    get label() {
      return t("canvas.duplicate");
    },
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
    get label() {
      return t("canvas.selectAll");
    },
    also: ["everything"],
    group: "Edit",
    keys: "Mod+A",
    run: selectAll,
  },
  {
    id: "delete",
    changes: true,
    get label() {
      return t("canvas.delete");
    },
    also: ["remove", "erase"],
    group: "Edit",
    keys: "Delete",
    otherKeys: ["Backspace"],
    ofSelection: true,
    enabled: hasAnySelection,
    why: () => t("canvas.selectNodeOrWire"),
    run: removeSelection,
  },
  {
    id: "group",
    changes: true,
    get label() {
      return t("canvas.group");
    },
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
    get label() {
      return t("canvas.ungroup");
    },
    group: "Edit",
    keys: "Mod+Shift+G",
    ofSelection: true,
    enabled: canUngroup,
    why: () => t("canvas.selectGroup"),
    run: ungroupSelection,
  },
  {
    id: "rename",
    changes: true,
    get label() {
      return t("canvas.rename");
    },
    also: ["title", "name"],
    group: "Edit",
    keys: "F2",
    ofSelection: true,
    enabled: () => graphStore.getState().selectedNodeIds.size === 1,
    why: () => t("canvas.selectOneNode"),
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
    get label() {
      return t("canvas.addANode");
    },
    also: ["insert", "new node", "create"],
    group: "Canvas",
    keys: "/",
    run: () => stage()?.openQuickAdd(),
  },
  {
    id: "fit",
    get label() {
      return t("canvas.zoomToFit");
    },
    also: ["everything", "whole", "overview"],
    group: "Canvas",
    keys: "F",
    otherKeys: ["1"],
    run: () => stage()?.fit(),
  },
  {
    id: "fit-selection",
    get label() {
      return t("canvas.zoomToSelection");
    },
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
    get label() {
      return t("canvas.zoomTo100");
    },
    also: ["actual size", "reset zoom"],
    group: "Canvas",
    keys: "0",
    otherKeys: ["Mod+0"],
    run: () => stage()?.zoomTo(1),
  },
  {
    id: "zoom-in",
    get label() {
      return t("canvas.zoomIn");
    },
    also: ["larger", "bigger", "closer"],
    group: "Canvas",
    keys: "=",
    otherKeys: ["Plus", "Mod+=", "Mod+Plus"],
    run: () => stage()?.zoomBy(1.25),
  },
  {
    id: "zoom-out",
    get label() {
      return t("canvas.zoomOut");
    },
    also: ["smaller", "farther"],
    group: "Canvas",
    keys: "-",
    otherKeys: ["Mod+-", "Mod+_"],
    run: () => stage()?.zoomBy(0.8),
  },
  {
    id: "tidy-up",
    changes: true,
    get label() {
      return t("canvas.tidyUp");
    },
    also: ["layout", "arrange", "clean up", "align"],
    group: "Canvas",
    keys: "Shift+T",
    run: () => void tidyUp(),
  },
  {
    id: "select-none",
    get label() {
      return t("canvas.selectNothing");
    },
    also: ["deselect", "clear"],
    group: "Canvas",
    keys: "Escape",
    enabled: hasAnySelection,
    why: () => t("canvas.nothingSelected"),
    run: clearSelection,
  },
];

export function canvasAction(id: string): CanvasAction {
  const action = canvasActions.find((candidate) => candidate.id === id);
  if (!action) throw new Error(`The canvas has no action “${id}”.`);
  return action;
}
