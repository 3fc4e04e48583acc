import { platformNames } from "../../src/nodes/publish/platforms/platforms.ts";
import { type FileChoice, LARGEST_MESSAGE_BYTES, type StudioInfo } from "../../src/studio/contract.ts";
import { canvasActions } from "../canvas/canvas-actions.ts";
import { hasItems, pickNextItem, pickNoItem } from "../items/pick-item.ts";
import { hasDoubts, reviewDoubts } from "../runs/open-doubts.ts";
import { actVerb, previewVerb, scopeNow, scopeWords } from "../runs/verb-entries.ts";
import { type VerbId, verbIds, verbs } from "../runs/verbs.ts";
import { hasWaitingPosts, reviewPosts } from "../runs/waiting-posts.ts";
import type { Commands } from "../stores/commands.ts";
import { documentsStore } from "../stores/documents.ts";
import { graphStore } from "../stores/graph.ts";
import { inMegabytes } from "../stores/message-limit.ts";
import { openWorkStore, pauseQueue, resumeQueue } from "../stores/open-work.ts";
import { isUnderWay } from "../stores/run-history.ts";
import { serverStore } from "../stores/server.ts";
import { openOverlay, toggleDrawer, toggleInspector, toggleRunPanel } from "../stores/shell.ts";
import { setTheme, type Theme, themes } from "../stores/theme.ts";
import { downloadText } from "../ui/download-text.ts";
import { toast } from "../ui/toasts.tsx";

export const actionGroups = ["Run", "File", "Edit", "Canvas", "View", "General"] as const;
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
  /** Other words for it in the command palette. */
  readonly also?: readonly string[];
  /** Spends, or starts and stops what spends; see `Findable`. */
  readonly needsOwnName?: true;
  /** Changes or deletes something; see `Findable`. */
  readonly changes?: true;
  readonly enabled?: () => boolean;
  /** Why it is not enabled; `detail` may say that, too. */
  readonly why?: () => string;
  /** What it would do now, or why it cannot. */
  readonly detail?: () => string;
  /** Hears when the pointer or the focus comes and goes. */
  readonly onPoint?: (on: boolean) => void;
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

const alsoOf: { readonly [Verb in VerbId]: readonly string[] } = {
  run: ["everything", "graph", "start", "execute"],
  "run-selection": ["selected"],
  "run-to": ["up to", "upstream"],
  "run-from": ["after", "downstream"],
  "run-failed": ["retry", "again", "cancelled"],
  "run-fresh": ["anew", "cache", "reuse", "takes"],
  "dry-run": ["cost", "price", "time", "budget", "estimate", "preflight"],
};

const themeLabels: { readonly [Name in Theme]: string } = {
  system: "Theme as the system",
  light: "Light theme",
  dark: "Dark theme",
};

const themeWords: { readonly [Name in Theme]: readonly string[] } = {
  system: ["automatic"],
  light: ["bright", "day"],
  dark: ["black", "night"],
};

export function createActions(commands: Commands): readonly Action[] {
  const documents = () => documentsStore.getState();
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
      also: ["recent", "library", "examples"],
      run: () => openOverlay("open"),
    },
    { id: "save", label: "Save", group: "File", changes: true, keys: "Mod+S", run: () => void save() },
    {
      id: "save-as",
      label: "Save as…",
      group: "File",
      keys: "Mod+Shift+S",
      also: ["copy", "duplicate"],
      run: saveAs,
    },
    {
      id: "import",
      label: "Import file…",
      group: "File",
      keys: "Mod+I",
      also: ["json", "open"],
      run: () => void importFile(),
    },
    {
      id: "export",
      label: "Export to file",
      group: "File",
      keys: "Mod+E",
      also: ["json", "download"],
      run: () => void exportFile(),
    },

    ...verbIds.map((verb): Action => {
      const { label, keys } = verbs[verb];
      return {
        ...{ id: verb, label, group: "Run" },
        ...(keys ? { keys } : {}),
        also: alsoOf[verb],
        ...(verb === "dry-run" ? {} : { needsOwnName: true }),
        enabled: () => scopeNow(verb).reason === undefined,
        detail: () => scopeWords(verb, scopeNow(verb)),
        onPoint: (on) => previewVerb(verb, on),
        run: () => actVerb(verb, commands),
      };
    }),
    {
      id: "cancel",
      label: "Cancel run",
      group: "Run",
      needsOwnName: true,
      keys: "Mod+.",
      also: ["stop", "abort", "halt"],
      enabled: isUnderWay,
      why: () => "No run is under way.",
      run: commands.cancel,
    },
    {
      id: "review-posts",
      label: "Review posts that wait",
      group: "Run",
      keys: "Alt+P",
      also: ["approve", "approval", "publish", "skip"],
      enabled: hasWaitingPosts,
      why: () => "No post waits.",
      run: reviewPosts,
    },
    {
      id: "settle-doubts",
      label: "Settle what is in doubt",
      group: "Run",
      keys: "Alt+O",
      also: ["doubts", "lost", "make again", "leave out", "unsure"],
      enabled: hasDoubts,
      why: () => "Nothing is in doubt.",
      run: reviewDoubts,
    },
    {
      id: "pause-queue",
      label: "Pause the queue",
      group: "Run",
      needsOwnName: true,
      also: ["hold", "stop", "creates"],
      enabled: () => openWorkStore.getState().queue?.paused === false,
      why: () =>
        openWorkStore.getState().queue ? "The queue is paused already." : "The queue is not known yet.",
      run: () => void pauseQueue(),
    },
    {
      id: "resume-queue",
      label: "Go on with the queue",
      group: "Run",
      needsOwnName: true,
      also: ["resume", "unpause", "continue"],
      enabled: () => openWorkStore.getState().queue?.paused === true,
      why: () => "The queue is not paused.",
      run: () => void resumeQueue(),
    },

    {
      id: "palette",
      label: "Find a command",
      group: "General",
      keys: "Mod+K",
      run: () => openOverlay("palette"),
    },
    {
      id: "nodes",
      label: "Nodes",
      group: "View",
      keys: "Alt+1",
      also: ["palette", "drawer", "add"],
      run: () => toggleDrawer("nodes"),
    },
    {
      id: "media",
      label: "Gallery",
      group: "View",
      keys: "Alt+2",
      also: ["media", "library", "results", "pictures", "drawer"],
      run: () => toggleDrawer("media"),
    },
    {
      id: "runs",
      label: "History",
      group: "View",
      keys: "Alt+3",
      also: ["past", "runs", "drawer", "search"],
      run: () => toggleDrawer("runs"),
    },
    {
      id: "outline",
      label: "Outline",
      group: "View",
      keys: "Alt+4",
      also: ["list", "drawer"],
      run: () => toggleDrawer("outline"),
    },
    {
      id: "posts",
      label: "Posts",
      group: "View",
      keys: "Alt+5",
      also: ["ledger", "published", ...platformNames, "drawer"],
      run: () => toggleDrawer("posts"),
    },
    {
      id: "inspector",
      label: "Inspector",
      group: "View",
      keys: "Mod+\\",
      also: ["properties", "panel"],
      run: toggleInspector,
    },
    {
      id: "run-panel",
      label: "Run panel",
      group: "View",
      keys: "Mod+J",
      also: ["timeline", "log", "problems", "queue"],
      run: () => toggleRunPanel(),
    },
    {
      id: "next-item",
      label: "Next item",
      group: "Run",
      keys: "]",
      also: ["row", "batch"],
      enabled: hasItems,
      why: () => "The run on show has no items.",
      run: () => pickNextItem(1),
    },
    {
      id: "previous-item",
      label: "Previous item",
      group: "Run",
      keys: "[",
      also: ["row", "batch"],
      enabled: hasItems,
      why: () => "The run on show has no items.",
      run: () => pickNextItem(-1),
    },
    {
      id: "all-items",
      label: "Show all items",
      group: "Run",
      also: ["row", "batch"],
      enabled: hasItems,
      why: () => "The run on show has no items.",
      run: pickNoItem,
    },
    {
      id: "settings",
      label: "Settings",
      group: "General",
      keys: "Mod+,",
      also: ["server", "key", "theme", "sandbox", "live", "balance", "money", "credits"],
      run: () => openOverlay("settings"),
    },
    ...themes.map(
      (theme): Action => ({
        ...{ id: `theme-${theme}`, label: themeLabels[theme], group: "View" },
        also: [...themeWords[theme], "theme", "colours"],
        run: () => setTheme(theme),
      }),
    ),
    {
      id: "shortcuts",
      label: "Keyboard shortcuts",
      group: "General",
      keys: "?",
      also: ["help", "keys", "hotkeys"],
      run: () => openOverlay("shortcuts"),
    },
    {
      id: "about",
      label: "About Catwalk",
      group: "General",
      also: ["version", "help"],
      run: () => openOverlay("about"),
    },
  ];
}

export async function save(file?: FileChoice): Promise<void> {
  const isSaved = await documentsStore.getState().save(file);
  const { graph } = graphStore.getState();
  if (isSaved && graph) toast({ title: `Saved “${graph.name}”.` });
}

/** Where the host has dialogs of its own they ask for the name. */
export function saveAs(): void {
  const { graph } = graphStore.getState();
  if (!graph) return;
  if (serverStore.getState().info?.nativeFiles) void documentsStore.getState().saveAs(graph.name);
  else openOverlay("save-as");
}

/** The host's own dialog, else the browser's. */
export async function importFile(): Promise<void> {
  if (serverStore.getState().info?.nativeFiles) return documentsStore.getState().openNative();
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
  if (file.size > LARGEST_MESSAGE_BYTES) {
    documentsStore.setState({
      trouble: {
        title: `“${file.name}” was not opened`,
        code: "too-large",
        message: `The file has ${inMegabytes(file.size)} MB; a graph has at most ${inMegabytes(LARGEST_MESSAGE_BYTES)} MB.`,
        remedy: "Graphs hold no media: remove embedded data from the file.",
      },
    });
    return;
  }
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
