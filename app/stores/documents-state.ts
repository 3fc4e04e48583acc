import type { StoreApi } from "zustand";
import type { ParamPlace } from "../../src/graph/changes/conflict-copy.ts";
import type {
  DocumentOrigin,
  DocumentSummary,
  Example,
  FileChoice,
  Refusal,
} from "../../src/studio/contract.ts";
import type { GraphStore } from "./graph.ts";
import type { StudioClient } from "./studio.ts";
import type { UnkeptEdits } from "./unkept-edits.ts";
import type { WindowMemory } from "./window-memory.ts";

/** How far the open document is kept: in the library within a second of each edit, and back after a crash. */
export type Keeping = "kept" | "pending" | "keeping" | "failed";

/** Something a person asked for did not happen; the open document is untouched. Shown in a dialog. */
type DocumentTrouble = Refusal & { readonly title: string };

export type DocumentsState = {
  /** `starting` until the studio said what was open before. */
  readonly phase: "starting" | "ready";
  readonly keeping: Keeping;
  /** Why the studio did not take the latest edits; undefined when it did, and while the line is down. */
  readonly notKept: Refusal | undefined;
  readonly saving: boolean;
  readonly savedAt: number | undefined;
  /** Set when the document lives in a file: its name, never its path. */
  readonly fileName: string | undefined;
  /** What it is an unchanged copy of; then nothing of it is in the library. */
  readonly origin: DocumentOrigin | undefined;
  /** Another hand has changed the file that was to be written over; the person says what to do. */
  readonly changedFile: ChangedFile | undefined;
  /** Where this window's edits went that could not be joined with another window's, until the person has seen it. */
  readonly copies: readonly ConflictCopy[];
  readonly recent: readonly DocumentSummary[];
  readonly examples: readonly Example[];
  readonly trouble: DocumentTrouble | undefined;
  /** One line to tell in passing: what happened, or what was left out of an opened file. */
  readonly notices: readonly string[];
};

export type ChangedFile = { readonly fileName: string; readonly seen: string; readonly canJoin: boolean };

export type ConflictCopy = {
  readonly id: string;
  readonly name: string;
  /** The params of the open document that differ, as far as they are params. */
  readonly places: readonly ParamPlace[];
};

export type DocumentsActions = {
  /** Brings back what was open. Safe to call again after a reconnection. */
  restore(): Promise<void>;
  /** Keeps the document now instead of at the next turn. */
  keepNow(): Promise<void>;
  /** As `keepNow`; a copy becomes the person's own by it, changed or not. */
  keepAsOwn(): Promise<void>;
  /** Takes in what another window, or another process on this data folder, did to the document. */
  look(): Promise<void>;
  /** What the studio tells of a document: nothing to do where this window knows it already. */
  heard(change: {
    readonly id: string;
    readonly revision?: number | undefined;
    readonly savedAt?: number | undefined;
  }): void;
  /** Keeps a document that another window has removed in the library again. */
  keepAgain(): Promise<void>;
  /** @returns whether it is saved; where not, `trouble` or `changedFile` says why. */
  save(file?: FileChoice): Promise<boolean>;
  /** A copy under a new id becomes the open document; the one before stays as it was last kept. */
  saveAs(name: string): Promise<void>;
  create(): Promise<void>;
  open(id: string): Promise<void>;
  openExample(id: string): Promise<void>;
  /** A copy of the graph that made a past run. */
  openRunGraph(runId: string): Promise<void>;
  /** The host's own dialog, where it has one. */
  openNative(): Promise<void>;
  /** Files that a person opened by the operating system, one after the other; the last stays on show. */
  openOffered(): Promise<void>;
  importText(text: string, name: string): Promise<void>;
  /** Text and file name to download; undefined where the host wrote the file itself or could not. */
  exportDocument(): Promise<{ readonly text: string; readonly fileName: string } | undefined>;
  remove(id: string): Promise<void>;
  refreshLists(): Promise<void>;
  dismissTrouble(): void;
  dismissChangedFile(): void;
  dismissCopy(id: string): void;
  /** Called when the page goes: what a later life of this window begins with. */
  rememberSteps(): void;
  drainNotices(): readonly string[];
};

export type DocumentsStore = StoreApi<DocumentsState & DocumentsActions>;

export type DocumentsDeps = {
  readonly client: Pick<StudioClient, "documents" | "files"> & {
    readonly history: Pick<StudioClient["history"], "openGraph">;
  };
  readonly graphStore: GraphStore;
  readonly newId: () => string;
  readonly hasNativeFiles: () => boolean;
  readonly memory: WindowMemory;
  readonly unkept: UnkeptEdits;
  /** "14:03:07": the time now, which tells copies from each other. */
  readonly clockTime: () => string;
};
