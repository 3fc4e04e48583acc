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
import { t } from "../words/words.ts";

export const actionGroups = ["Run", "File", "Edit", "Canvas", "View", "General"] as const;
type ActionGroup = (typeof actionGroups)[number];

export const groupWords = (group: ActionGroup): string => t(`shell.group${group}`);

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

const themeLabels = {
  system: "shell.themeSystem",
  light: "shell.themeLight",
  dark: "shell.themeDark",
} as const satisfies { readonly [Name in Theme]: string };

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
      label: t("shell.newGraph"),
      group: "File",
      keys: "Mod+N",
      otherKeys: "Alt+N",
      run: () => void documents().create(),
    },
    {
      id: "open",
      label: t("shell.openEllipsis"),
      group: "File",
      keys: "Mod+O",
      also: ["recent", "library", "examples"],
      run: () => openOverlay("open"),
    },
    {
      id: "save",
      label: t("shell.save"),
      group: "File",
      changes: true,
      keys: "Mod+S",
      run: () => void save(),
    },
    {
      id: "save-as",
      label: t("shell.saveAsEllipsis"),
      group: "File",
      keys: "Mod+Shift+S",
      also: ["copy", "duplicate"],
      run: saveAs,
    },
    {
      id: "import",
      label: t("shell.importFile"),
      group: "File",
      keys: "Mod+I",
      also: ["json", "open"],
      run: () => void importFile(),
    },
    {
      id: "export",
      label: t("shell.exportToFile"),
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
      label: t("shell.cancelRun"),
      group: "Run",
      needsOwnName: true,
      keys: "Mod+.",
      also: ["stop", "abort", "halt"],
      enabled: isUnderWay,
      why: () => t("shell.noRun"),
      run: commands.cancel,
    },
    {
      id: "review-posts",
      label: t("shell.reviewPosts"),
      group: "Run",
      keys: "Alt+P",
      also: ["approve", "approval", "publish", "skip"],
      enabled: hasWaitingPosts,
      why: () => t("shell.noPostWaits"),
      run: reviewPosts,
    },
    {
      id: "settle-doubts",
      label: t("shell.settleDoubts"),
      group: "Run",
      keys: "Alt+O",
      also: ["doubts", "lost", "make again", "leave out", "unsure"],
      enabled: hasDoubts,
      why: () => t("shell.nothingInDoubt"),
      run: reviewDoubts,
    },
    {
      id: "pause-queue",
      label: t("shell.pauseQueue"),
      group: "Run",
      needsOwnName: true,
      also: ["hold", "stop", "creates"],
      enabled: () => openWorkStore.getState().queue?.paused === false,
      why: () => (openWorkStore.getState().queue ? t("shell.queuePausedAlready") : t("shell.queueUnknown")),
      run: () => void pauseQueue(),
    },
    {
      id: "resume-queue",
      label: t("shell.resumeQueue"),
      group: "Run",
      needsOwnName: true,
      also: ["resume", "unpause", "continue"],
      enabled: () => openWorkStore.getState().queue?.paused === true,
      why: () => t("shell.queueNotPaused"),
      run: () => void resumeQueue(),
    },

    {
      id: "palette",
      label: t("shell.findCommand"),
      group: "General",
      keys: "Mod+K",
      run: () => openOverlay("palette"),
    },
    {
      id: "nodes",
      label: t("shell.nodes"),
      group: "View",
      keys: "Alt+1",
      also: ["palette", "drawer", "add"],
      run: () => toggleDrawer("nodes"),
    },
    {
      id: "media",
      label: t("shell.media"),
      group: "View",
      keys: "Alt+2",
      also: ["media", "library", "results", "pictures", "drawer"],
      run: () => toggleDrawer("media"),
    },
    {
      id: "runs",
      label: t("shell.runs"),
      group: "View",
      keys: "Alt+3",
      also: ["past", "runs", "drawer", "search"],
      run: () => toggleDrawer("runs"),
    },
    {
      id: "outline",
      label: t("shell.outline"),
      group: "View",
      keys: "Alt+4",
      also: ["list", "drawer"],
      run: () => toggleDrawer("outline"),
    },
    {
      id: "posts",
      label: t("shell.posts"),
      group: "View",
      keys: "Alt+5",
      also: ["ledger", "published", ...platformNames, "drawer"],
      run: () => toggleDrawer("posts"),
    },
    {
      id: "inspector",
      label: t("shell.inspector"),
      group: "View",
      keys: "Mod+\\",
      also: ["properties", "panel"],
      run: toggleInspector,
    },
    {
      id: "run-panel",
      label: t("shell.runPanel"),
      group: "View",
      keys: "Mod+J",
      also: ["timeline", "log", "problems", "queue"],
      run: () => toggleRunPanel(),
    },
    {
      id: "next-item",
      label: t("shell.nextItem"),
      group: "Run",
      keys: "]",
      also: ["row", "batch"],
      enabled: hasItems,
      why: () => t("shell.runHasNoItems"),
      run: () => pickNextItem(1),
    },
    {
      id: "previous-item",
      label: t("shell.previousItem"),
      group: "Run",
      keys: "[",
      also: ["row", "batch"],
      enabled: hasItems,
      why: () => t("shell.runHasNoItems"),
      run: () => pickNextItem(-1),
    },
    {
      id: "all-items",
      label: t("shell.showAllItems"),
      group: "Run",
      also: ["row", "batch"],
      enabled: hasItems,
      why: () => t("shell.runHasNoItems"),
      run: pickNoItem,
    },
    {
      id: "settings",
      label: t("shell.settings"),
      group: "General",
      keys: "Mod+,",
      also: ["server", "key", "theme", "sandbox", "live", "balance", "money", "credits"],
      run: () => openOverlay("settings"),
    },
    ...themes.map(
      (theme): Action => ({
        ...{ id: `theme-${theme}`, label: t(themeLabels[theme]), group: "View" },
        also: [...themeWords[theme], "theme", "colours"],
        run: () => setTheme(theme),
      }),
    ),
    {
      id: "shortcuts",
      label: t("shell.shortcuts"),
      group: "General",
      keys: "?",
      also: ["help", "keys", "hotkeys"],
      run: () => openOverlay("shortcuts"),
    },
    {
      id: "about",
      label: t("shell.about"),
      group: "General",
      also: ["version", "help"],
      run: () => openOverlay("about"),
    },
  ];
}

export async function save(file?: FileChoice): Promise<void> {
  const isSaved = await documentsStore.getState().save(file);
  const { graph } = graphStore.getState();
  if (isSaved && graph) toast({ title: t("shell.saved", { name: graph.name }) });
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
        title: t("shell.notOpened", { file: file.name }),
        code: "too-large",
        message: t("shell.fileTooLarge", {
          size: inMegabytes(file.size),
          most: inMegabytes(LARGEST_MESSAGE_BYTES),
        }),
        remedy: t("shell.removeEmbedded"),
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
        title: t("shell.notOpened", { file: file.name }),
        code: "FILE_UNREADABLE",
        message:
          cause instanceof Error
            ? t("shell.unreadableBecause", { why: cause.message })
            : t("shell.unreadable"),
        remedy: t("shell.checkFile"),
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
  toast({ title: t("shell.exported", { file: exported.fileName }) });
}
