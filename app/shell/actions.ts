import type { RunSelection, StudioInfo } from "../../src/studio/contract.ts";
import { canvasActions } from "../canvas/canvas-actions.ts";
import type { Commands } from "../commands.ts";
import { connectionStore } from "../stores/connection.ts";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { isUnderWay } from "../stores/run-history.ts";
import { toast } from "../ui/toasts.tsx";
import { openOverlay, toggleDrawer, toggleInspector, toggleRunPanel } from "./shell-store.ts";

export const actionGroups = ["Run", "File", "Edit", "Canvas", "View", "Help"] as const;
type ActionGroup = (typeof actionGroups)[number];

/** One thing the window can do: menu, command palette, key and help are all made from it. */
export type Action = {
  readonly id: string;
  readonly label: string;
  readonly group: ActionGroup;
  /** As `Keys` reads them: "Mod+Shift+S". */
  readonly keys?: string;
  /** A second way, where a browser keeps the first for itself. */
  readonly otherKeys?: string;
  /** Words that find it in the command palette. */
  readonly also?: string;
  readonly enabled?: () => boolean;
  /** The canvas listens to its keys by itself, and only while it has the focus. */
  readonly ofCanvas?: true;
  readonly run: () => void;
};

/** The keys to show: in a browser the ones that it does not keep for itself. */
export function shownKeys(
  { keys, otherKeys }: Action,
  host: StudioInfo["host"] | undefined,
): string | undefined {
  return host === "electron" ? keys : (otherKeys ?? keys);
}

const selected = (): readonly string[] => [...graphStore.getState().selectedNodeIds];

export function createActions(commands: Commands): readonly Action[] {
  const documents = () => documentsStore.getState();
  const ofSelection = (kind: "to" | "from" | "only") => () => {
    const nodeIds = selected();
    if (nodeIds.length > 0) commands.run({ kind, nodeIds: [...nodeIds] } satisfies RunSelection);
  };
  const hasSelection = () => !isUnderWay() && selected().length > 0;
  return [
    ...canvasActions.map(({ otherKeys: _more, ...action }): Action => ({ ...action, ofCanvas: true })),
    {
      id: "new",
      label: "New graph",
      group: "File",
      keys: "Mod+N",
      otherKeys: "Alt+N",
      run: () => void documents().create(),
    },
    {
      id: "open",
      label: "Open…",
      group: "File",
      keys: "Mod+O",
      also: "recent library examples",
      run: () => openOverlay("open"),
    },
    { id: "save", label: "Save", group: "File", keys: "Mod+S", run: () => void save() },
    {
      id: "save-as",
      label: "Save as…",
      group: "File",
      keys: "Mod+Shift+S",
      also: "copy duplicate",
      run: saveAs,
    },
    {
      id: "import",
      label: "Import file…",
      group: "File",
      keys: "Mod+I",
      also: "json open",
      run: () => void importFile(),
    },
    {
      id: "export",
      label: "Export to file",
      group: "File",
      keys: "Mod+E",
      also: "json download",
      run: () => void exportFile(),
    },

    {
      id: "run",
      label: "Run all",
      group: "Run",
      keys: "Mod+Enter",
      enabled: () => !isUnderWay(),
      run: () => commands.run({ kind: "all" }),
    },
    {
      id: "run-selection",
      label: "Run selection",
      group: "Run",
      keys: "Mod+Shift+Enter",
      enabled: hasSelection,
      run: ofSelection("only"),
    },
    { id: "run-to", label: "Run to here", group: "Run", enabled: hasSelection, run: ofSelection("to") },
    { id: "run-from", label: "Run from here", group: "Run", enabled: hasSelection, run: ofSelection("from") },
    {
      id: "cancel",
      label: "Cancel run",
      group: "Run",
      keys: "Mod+.",
      enabled: isUnderWay,
      run: commands.cancel,
    },

    {
      id: "palette",
      label: "Find a command",
      group: "View",
      keys: "Mod+K",
      run: () => openOverlay("palette"),
    },
    {
      id: "nodes",
      label: "Nodes",
      group: "View",
      keys: "Alt+1",
      also: "palette drawer add",
      run: () => toggleDrawer("nodes"),
    },
    {
      id: "media",
      label: "Media",
      group: "View",
      keys: "Alt+2",
      also: "library results drawer",
      run: () => toggleDrawer("media"),
    },
    {
      id: "runs",
      label: "History",
      group: "View",
      keys: "Alt+3",
      also: "past runs drawer search",
      run: () => toggleDrawer("runs"),
    },
    {
      id: "outline",
      label: "Outline",
      group: "View",
      keys: "Alt+4",
      also: "list drawer",
      run: () => toggleDrawer("outline"),
    },
    {
      id: "inspector",
      label: "Inspector",
      group: "View",
      keys: "Mod+\\",
      also: "properties panel",
      run: toggleInspector,
    },
    {
      id: "run-panel",
      label: "Run panel",
      group: "View",
      keys: "Mod+J",
      also: "timeline log problems",
      run: () => toggleRunPanel(),
    },
    {
      id: "settings",
      label: "Settings",
      group: "View",
      keys: "Mod+,",
      also: "server key theme sandbox live",
      run: () => openOverlay("settings"),
    },

    {
      id: "shortcuts",
      label: "Keyboard shortcuts",
      group: "Help",
      keys: "?",
      run: () => openOverlay("shortcuts"),
    },
    { id: "about", label: "About Catwalk", group: "Help", also: "version", run: () => openOverlay("about") },
  ];
}

async function save(): Promise<void> {
  await documentsStore.getState().save();
  const { trouble } = documentsStore.getState();
  const { graph } = graphStore.getState();
  if (!trouble && graph) toast({ title: `Saved “${graph.name}”.` });
}

/** Where the host has dialogs of its own they ask for the name. */
function saveAs(): void {
  const { graph } = graphStore.getState();
  if (!graph) return;
  if (connectionStore.getState().info?.nativeFiles) void documentsStore.getState().saveAs(graph.name);
  else openOverlay("save-as");
}

/** The host's own dialog, else the browser's. */
export async function importFile(): Promise<void> {
  if (connectionStore.getState().info?.nativeFiles) return documentsStore.getState().openNative();
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".json,application/json";
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void importGraphFile(file);
  });
  input.click();
}

export async function importGraphFile(file: File): Promise<void> {
  let text: string;
  try {
    text = await file.text();
  } catch (cause) {
    documentsStore.setState({
      trouble: {
        title: `“${file.name}” was not opened`,
        code: "FILE_UNREADABLE",
        message: `The file could not be read${cause instanceof Error ? `: ${cause.message}` : "."}`,
        remedy: "Check that it still exists and that you may read it.",
      },
    });
    return;
  }
  await documentsStore.getState().importText(text, file.name);
}

export async function exportFile(): Promise<void> {
  const exported = await documentsStore.getState().exportDocument();
  if (!exported) return;
  downloadText(exported.text, exported.fileName);
  toast({ title: `Exported as ${exported.fileName}.` });
}

export function downloadText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The click has already taken what it needs; the next turn may let go.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
