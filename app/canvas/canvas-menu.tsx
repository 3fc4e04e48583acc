import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
} from "lucide-react";
import type { ReactNode } from "react";
import { offers } from "../../src/engine/record.ts";
import { shapeOf } from "../../src/nodes/definitions.ts";
import { verbEntry } from "../runs/verb-entries.ts";
import type { VerbId } from "../runs/verbs.ts";
import { type Alignment, alignSelection } from "../stores/align-edits.ts";
import { type Commands, useCommands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { pasteFromClipboard } from "../stores/graph-clipboard.ts";
import { removeEdge } from "../stores/graph-edits.ts";
import { canUngroup } from "../stores/group-edits.ts";
import { runStore, shownStep } from "../stores/run.ts";
import { type MenuTarget, shellStore, useShell } from "../stores/shell.ts";
import { type Point, stage } from "../stores/stage.ts";
import { MenuAt, type MenuEntry } from "../ui/menu.tsx";
import { t } from "../words/words.ts";
import { canvasAction } from "./canvas-actions.ts";

/** The menu of a right click, and of a card's three dots. */
export function CanvasMenu() {
  const open = useShell((state) => state.menu);
  const commands = useCommands();
  return (
    <MenuAt
      at={open?.at}
      entries={open ? entriesFor(open.target, open.at, commands) : []}
      onClose={() => shellStore.setState({ menu: undefined })}
    />
  );
}

function entriesFor(target: MenuTarget, at: Point, commands: Commands): readonly MenuEntry[] {
  switch (target.kind) {
    case "node":
      return nodeEntries(target.nodeId, at, commands);
    case "edge":
      return [
        {
          kind: "item",
          label: t("canvas.deleteWire"),
          danger: true,
          onSelect: () => removeEdge(target.edgeId),
        },
      ];
    case "pane":
      return [
        ...additions(at),
        { kind: "separator" },
        ...(["run", "run-failed", "run-fresh", "dry-run"] as const).map((verb) => verbEntry(verb, commands)),
        { kind: "separator" },
        item("select-all"),
        item("fit"),
        item("tidy-up"),
      ];
    default:
      return target satisfies never;
  }
}

function item(id: string, more: Partial<Extract<MenuEntry, { kind: "item" }>> = {}): MenuEntry {
  const { label, keys, enabled, run } = canvasAction(id);
  return {
    kind: "item",
    label,
    disabled: enabled?.() === false,
    onSelect: run,
    ...(keys ? { keys } : {}),
    ...more,
  };
}

/** Where the menu was opened, wherever the pointer is by then. */
function additions(at: Point): readonly MenuEntry[] {
  return [
    item("quick-add", { onSelect: () => stage()?.openQuickAdd(at) }),
    item("paste", { onSelect: () => void pasteFromClipboard(stage()?.toGraph(at)) }),
  ];
}

function nodeEntries(nodeId: string, at: Point, commands: Commands): readonly MenuEntry[] {
  const { selectedNodeIds, graph } = graphStore.getState();
  const nodeIds = selectedNodeIds.has(nodeId) ? [...selectedNodeIds] : [nodeId];
  const node = graph?.nodes.find(({ id }) => id === nodeId);
  const shape = node && shapeOf(node.type);
  const runs = shape !== "note";
  const step = shownStep(runStore.getState(), nodeId);
  const run = (verb: VerbId, label?: string): MenuEntry =>
    verbEntry(verb, commands, { selected: nodeIds, ...(label === undefined ? {} : { label }) });
  const mayRetry = step && (offers(step, "retry") || offers(step, "make-anew"));
  return [
    ...(runs
      ? [
          run("run-selection", nodeIds.length > 1 ? undefined : t("canvas.runThis")),
          run("run-to"),
          run("run-from"),
          ...(mayRetry
            ? [
                {
                  kind: "item" as const,
                  label: t("canvas.runStepAgain"),
                  onSelect: () => commands.retry(step.stepId),
                },
              ]
            : []),
          { kind: "separator" as const },
        ]
      : []),
    // Within a frame there is room for more.
    ...(shape === "frame" ? [...additions(at), { kind: "separator" as const }] : []),
    item("rename"),
    item("duplicate"),
    item("copy"),
    item("cut"),
    { kind: "separator" },
    item("group"),
    ...(canUngroup() ? [item("ungroup")] : []),
    ...(nodeIds.length > 1 ? [alignMenu()] : []),
    { kind: "separator" },
    item("delete", { danger: true }),
  ];
}

const align = (label: string, alignment: Alignment, icon: ReactNode): MenuEntry => ({
  kind: "item",
  label,
  icon,
  onSelect: () => alignSelection(alignment),
});

const alignMenu = (): MenuEntry => ({
  kind: "menu",
  label: t("canvas.align"),
  entries: [
    align(t("canvas.leftEdges"), "left", <AlignStartVertical size={14} />),
    align(t("canvas.centres"), "centre", <AlignCenterVertical size={14} />),
    align(t("canvas.rightEdges"), "right", <AlignEndVertical size={14} />),
    { kind: "separator" },
    align(t("canvas.topEdges"), "top", <AlignStartHorizontal size={14} />),
    align(t("canvas.middles"), "middle", <AlignCenterHorizontal size={14} />),
    align(t("canvas.bottomEdges"), "bottom", <AlignEndHorizontal size={14} />),
    { kind: "separator" },
    align(t("canvas.spreadSideways"), "columns", <AlignHorizontalDistributeCenter size={14} />),
    align(t("canvas.spreadUpDown"), "rows", <AlignVerticalDistributeCenter size={14} />),
  ],
});
