import { createStore, type StoreApi, useStore } from "zustand";
import { emptyGraph, type Graph } from "../../src/graph/schema.ts";
import type {
  DocumentSummary,
  Example,
  OpenDocument,
  OpenResult,
  Refusal,
} from "../../src/studio/contract.ts";
import { connectionStore } from "./connection.ts";
import { type GraphStore, graphStore } from "./graph.ts";
import { type Called, type CallFailure, called, type StudioClient, studio } from "./studio.ts";

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
  readonly recent: readonly DocumentSummary[];
  readonly examples: readonly Example[];
  readonly trouble: DocumentTrouble | undefined;
  /** One line to tell in passing: what happened, or what was left out of an opened file. */
  readonly notices: readonly string[];
};

export type DocumentsActions = {
  /** Brings back what was open. Safe to call again after a reconnection. */
  restore(): Promise<void>;
  /** Keeps the document now instead of at the next turn. */
  keepNow(): Promise<void>;
  save(): Promise<void>;
  /** A copy under a new id becomes the open document; the one before stays as it was last kept. */
  saveAs(name: string): Promise<void>;
  create(): Promise<void>;
  open(id: string): Promise<void>;
  openExample(id: string): Promise<void>;
  /** A copy of the graph that made a past run. */
  openRunGraph(runId: string): Promise<void>;
  /** The host's own dialog, where it has one. */
  openNative(): Promise<void>;
  importText(text: string, name: string): Promise<void>;
  /** Text and file name to download; undefined where the host wrote the file itself or could not. */
  exportDocument(): Promise<{ readonly text: string; readonly fileName: string } | undefined>;
  remove(id: string): Promise<void>;
  refreshLists(): Promise<void>;
  dismissTrouble(): void;
  takeNotices(): readonly string[];
};

export type DocumentsStore = StoreApi<DocumentsState & DocumentsActions>;

/** Edits within this time are kept together; well under the second that design.md promises. */
export const KEEP_DELAY_MS = 400;
/** After a failed keep; the next edit or reconnection does not wait for it. */
const KEEP_AGAIN_MS = 2000;

export type DocumentsDeps = {
  readonly client: Pick<StudioClient, "documents" | "files"> & {
    readonly history: Pick<StudioClient["history"], "openGraph">;
  };
  readonly graphStore: GraphStore;
  readonly newId: () => string;
  readonly hasNativeFiles: () => boolean;
};

export function createDocumentsStore(deps: DocumentsDeps): DocumentsStore {
  const { client, graphStore } = deps;
  return createStore((set, get) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    /** The graph as it was last kept; compared by identity, since edits replace it. */
    let kept: Graph | undefined;
    let underWay: Promise<void> | undefined;

    const adopt = (document: OpenDocument) => {
      clearTimeout(timer);
      timer = undefined;
      kept = document.graph;
      graphStore.getState().open(document.graph, { revision: document.revision, unsaved: document.unsaved });
      // The store may normalise what it opens; what it holds now is what is kept.
      kept = graphStore.getState().graph;
      set({
        ...{ keeping: "kept", notKept: undefined },
        ...{ savedAt: document.savedAt, fileName: document.fileName },
      });
    };

    const keepLater = (delayMs: number) => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void keep();
      }, delayMs);
    };

    const keep = async (): Promise<void> => {
      clearTimeout(timer);
      timer = undefined;
      while (underWay) await underWay;
      const { graph, revision } = graphStore.getState();
      if (!graph || graph === kept) return;
      set({ keeping: "keeping" });
      underWay = called(client.documents.keep({ graph, revision })).then((answer) => {
        underWay = undefined;
        const now = graphStore.getState().graph;
        if (!answer.ok) {
          if (now?.id !== graph.id) return;
          set({
            keeping: "failed",
            notKept: answer.failure.kind === "offline" ? undefined : wordsOf(answer.failure),
          });
          keepLater(KEEP_AGAIN_MS);
          return;
        }
        set({ notKept: undefined });
        if (now?.id !== graph.id) return;
        kept = graph;
        if (now === graph) {
          set({ keeping: "kept" });
          // Undone back to what was saved: the studio compares, the window only follows.
          if (!answer.value.unsaved) graphStore.getState().markSaved();
        } else {
          set({ keeping: "pending" });
          keepLater(KEEP_DELAY_MS);
        }
      });
      await underWay;
    };

    graphStore.subscribe((state, before) => {
      if (state.graph === before.graph || state.graph === kept || !state.graph) return;
      if (get().keeping !== "keeping") set({ keeping: get().keeping === "failed" ? "failed" : "pending" });
      keepLater(KEEP_DELAY_MS);
    });

    const troubled = (title: string, failure: CallFailure) => {
      set({ trouble: { title, ...wordsOf(failure) } });
    };

    const opened = (title: string, answer: Called<OpenResult | undefined>) => {
      if (!answer.ok) return troubled(title, answer.failure);
      if (!answer.value) return; // the person closed the host's dialog
      if (!answer.value.ok) {
        const { code, message, remedy } = answer.value;
        set({ trouble: { title, code, message, remedy } });
        return;
      }
      const { document, notices } = answer.value;
      const told = [...replaced(document.graph), ...notices];
      adopt(document);
      set({ notices: [...get().notices, ...told] });
      void get().refreshLists();
    };

    /** Where what was on show until now can be found again. Told only once another document took its place. */
    const replaced = (next: Graph): readonly string[] => {
      const { graph, unsaved } = graphStore.getState();
      if (!graph || !unsaved || graph.nodes.length === 0 || graph.id === next.id) return [];
      return [`“${graph.name}” stays under Recent with its unsaved changes.`];
    };

    /** Makes sure that the present document is kept; where it is not, says so and stays with it. */
    const leave = async (): Promise<boolean> => {
      await keep();
      const { graph } = graphStore.getState();
      if (graph && graph !== kept) {
        set({
          trouble: {
            title: `“${graph.name}” is not kept yet`,
            code: "NOT_KEPT",
            message:
              `The studio did not take its latest edits, so it stays open. ${get().notKept?.message ?? ""}`.trim(),
            remedy: `${get().notKept?.remedy ?? "Wait until the window is connected again."} Or export the graph to a file.`,
          },
        });
        return false;
      }
      return true;
    };

    return {
      phase: "starting",
      keeping: "kept",
      notKept: undefined,
      saving: false,
      savedAt: undefined,
      fileName: undefined,
      recent: [],
      examples: [],
      trouble: undefined,
      notices: [],

      async restore() {
        if (get().phase === "ready") {
          // The line was down: what was edited meanwhile is kept now.
          await keep();
          return;
        }
        const answer = await called(client.documents.restore());
        if (!answer.ok) {
          // Without a line there will be another call; any other failure must not hide the studio.
          if (answer.failure.kind === "offline") return;
          troubled("The last document could not be brought back", answer.failure);
        } else if (answer.value) adopt(answer.value);
        if (!graphStore.getState().graph) {
          const graph = emptyGraph(deps.newId(), "Untitled");
          adopt({ graph, revision: 0, unsaved: false });
        }
        set({ phase: "ready" });
        await get().refreshLists();
      },

      keepNow: keep,

      async save() {
        const { graph } = graphStore.getState();
        if (!graph) return;
        set({ saving: true });
        await keep();
        const answer = await called(client.documents.save({ graph }));
        set({ saving: false });
        if (!answer.ok) return troubled(`“${graph.name}” was not saved`, answer.failure);
        const now = graphStore.getState();
        if (now.graph?.id !== graph.id) return;
        if (now.graph === graph) now.markSaved();
        set({ savedAt: answer.value.savedAt, fileName: answer.value.fileName });
        await get().refreshLists();
      },

      async saveAs(name) {
        const { graph } = graphStore.getState();
        if (!graph) return;
        set({ saving: true });
        await keep();
        const copy: Graph = { ...graph, id: deps.newId(), name };
        const answer = deps.hasNativeFiles()
          ? await called(client.files.saveAs({ graph: copy }))
          : await called(client.documents.save({ graph: copy }));
        set({ saving: false });
        if (!answer.ok) return troubled(`“${name}” was not saved`, answer.failure);
        if (!answer.value) return; // the person closed the host's dialog
        adopt(answer.value);
        await get().keepNow();
        await get().refreshLists();
      },

      async create() {
        const { graph } = graphStore.getState();
        if (graph?.nodes.length === 0 && get().savedAt === undefined) return; // it is new already
        if (!(await leave())) return;
        const fresh = emptyGraph(deps.newId(), "Untitled");
        const told = replaced(fresh);
        adopt({ graph: fresh, revision: 0, unsaved: false });
        set({ notices: [...get().notices, ...told] });
        // So that a reload comes back to this one.
        kept = undefined;
        await keep();
        await get().refreshLists();
      },

      async open(id) {
        if (!(await leave())) return;
        opened("The graph was not opened", await called(client.documents.load({ id })));
      },

      async openExample(id) {
        if (!(await leave())) return;
        opened("The example was not opened", await called(client.documents.openExample({ id })));
      },

      async openRunGraph(runId) {
        if (!(await leave())) return;
        opened("The graph of this run was not opened", await called(client.history.openGraph({ runId })));
      },

      async openNative() {
        if (!(await leave())) return;
        opened("The file was not opened", await called(client.files.open()));
      },

      async importText(text, name) {
        if (!(await leave())) return;
        opened(`“${name}” was not opened`, await called(client.documents.importText({ text, name })));
      },

      async exportDocument() {
        const { graph } = graphStore.getState();
        if (!graph) return undefined;
        const title = `“${graph.name}” was not exported`;
        if (deps.hasNativeFiles()) {
          const answer = await called(client.files.export({ graph }));
          if (!answer.ok) troubled(title, answer.failure);
          else if (answer.value)
            set({ notices: [...get().notices, `Exported to ${answer.value.fileName}.`] });
          return undefined;
        }
        const answer = await called(client.documents.exportText({ graph }));
        if (answer.ok) return answer.value;
        troubled(title, answer.failure);
        return undefined;
      },

      async remove(id) {
        const answer = await called(client.documents.remove({ id }));
        if (!answer.ok) return troubled("The graph was not removed", answer.failure);
        await get().refreshLists();
      },

      async refreshLists() {
        const [recent, examples] = await Promise.all([
          called(client.documents.list()),
          called(client.documents.examples()),
        ]);
        // Lists are a help; without a line the old ones stay.
        if (recent.ok) set({ recent: recent.value });
        if (examples.ok) set({ examples: examples.value });
      },

      dismissTrouble: () => set({ trouble: undefined }),
      takeNotices() {
        const { notices } = get();
        if (notices.length > 0) set({ notices: [] });
        return notices;
      },
    };
  });
}

/** A failed call in the words of a dialog. */
export function wordsOf(failure: CallFailure): Refusal {
  switch (failure.kind) {
    case "refused":
      return { code: failure.code, message: failure.message, remedy: failure.remedy };
    case "invalid-graph": {
      const [first] = failure.problems;
      return {
        code: "INVALID_GRAPH",
        message: first?.message ?? "The graph has problems.",
        remedy: first?.remedy ?? "Look at the marked nodes.",
      };
    }
    case "offline":
      return { code: "OFFLINE", message: failure.message, remedy: failure.remedy };
    case "bug":
      return { code: "BUG", message: failure.message, remedy: failure.remedy };
    default:
      return failure satisfies never;
  }
}

export const documentsStore: DocumentsStore = createDocumentsStore({
  client: studio.client,
  graphStore,
  newId: () => crypto.randomUUID(),
  hasNativeFiles: () => connectionStore.getState().info?.nativeFiles ?? false,
});

export function useDocuments<T>(select: (state: DocumentsState & DocumentsActions) => T): T {
  return useStore(documentsStore, select);
}

/** Whether closing the window now loses nothing: what is kept is back with the next window, saved or not. */
export function mayClose(keeping: Keeping): boolean {
  return keeping === "kept";
}
