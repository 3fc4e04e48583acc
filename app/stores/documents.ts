import { createStore, useStore } from "zustand";
import { emptyGraph, type Graph } from "../../src/graph/document/schema.ts";
import type { OpenDocument, OpenResult } from "../../src/studio/contract.ts";
import { clockTime, say } from "../words/words.ts";
import { createDocumentSync } from "./document-sync.ts";
import type {
  DocumentsActions,
  DocumentsDeps,
  DocumentsState,
  DocumentsStore,
  Keeping,
} from "./documents-state.ts";
import { graphStore } from "./graph.ts";
import { serverStore } from "./server.ts";
import { type Called, type CallFailure, called, studio, wordsOf } from "./studio.ts";
import { unkeptEdits } from "./unkept-edits.ts";
import { sessionMemory } from "./window-memory.ts";

/** Opens, saves, exports and lists documents; what keeps the open one is `document-sync.ts`. */
export function createDocumentsStore(deps: DocumentsDeps): DocumentsStore {
  const { client, graphStore } = deps;
  return createStore((set, get, store) => {
    const sync = createDocumentSync(deps, store);

    const troubled = (title: string, failure: CallFailure) => {
      set({ trouble: { title, ...wordsOf(failure) } });
    };

    const opened = async (title: string, answer: Called<OpenResult | undefined>) => {
      if (!answer.ok) return troubled(title, answer.failure);
      if (!answer.value) return; // the person closed the host's dialog
      if (!answer.value.ok) {
        const { code, message, remedy } = answer.value;
        set({ trouble: { title, code, message, remedy } });
        return;
      }
      const { document, notices } = answer.value;
      // Somebody may have gone on editing while it was fetched.
      if (!(await leave())) return;
      const told = [...replaced(document.graph), ...notices];
      // What is open already stays as it is, with what others did to it.
      if (document.graph.id === graphStore.getState().graph?.id) await sync.look();
      else sync.adopt(document);
      await sync.joinUnkept();
      set({ notices: [...get().notices, ...told] });
      void get().refreshLists();
    };

    let offered: Promise<void> = Promise.resolve();
    const openAllOffered = async (): Promise<void> => {
      // Before it is known what was open, a file that is opened would be replaced by that.
      while (get().phase === "ready") {
        await sync.keep();
        // No person waits for this where the line is down: it is asked again with the next one.
        if (get().keeping === "failed" && get().notKept === undefined) return;
        if (!(await leave())) return;
        const answer = await called(client.files.openOffered());
        // They go on waiting, and are asked for again when the line is back.
        if (!answer.ok && answer.failure.kind === "offline") return;
        if (!answer.ok) return troubled("The file was not opened", answer.failure);
        if (!answer.value) return;
        const { name, opened: value } = answer.value;
        await opened(`“${name}” was not opened`, { ok: true, value });
      }
    };

    const savedCopy = async (copy: Graph): Promise<OpenDocument | undefined> => {
      const kept = await client.documents.keep({ graph: copy, base: 0 });
      if (kept.answer !== "kept") return undefined;
      const saved = await client.documents.save({ id: copy.id, revision: kept.revision });
      return saved.answer === "saved" ? saved.document : undefined;
    };

    /** Where what was on show until now can be found again. Told only once another document took its place. */
    const replaced = (next: Graph): readonly string[] => {
      const { graph, unsaved } = graphStore.getState();
      if (!graph || !unsaved || graph.nodes.length === 0 || graph.id === next.id) return [];
      return [`“${graph.name}” stays under Recent with its unsaved changes.`];
    };

    /** Makes sure that the present document is kept; where it is not, says so and stays with it. */
    const leave = async (): Promise<boolean> => {
      await sync.keep();
      const { graph } = graphStore.getState();
      if (graph && !sync.isKept(graph)) {
        set({
          trouble: {
            title: `“${graph.name}” is not kept yet`,
            code: "NOT_KEPT",
            message:
              `The studio did not take its latest edits, so it stays open. ${say(get().notKept?.message ?? "")}`.trim(),
            remedy: `${say(get().notKept?.remedy ?? "Wait until the window is connected again.")} Or export the graph to a file.`,
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
      origin: undefined,
      changedFile: undefined,
      copies: [],

      async restore() {
        if (get().phase === "ready") {
          // The line was down: what was edited meanwhile is kept now, and what others did is taken in.
          await sync.keep();
          await sync.look();
          return;
        }
        const own = deps.memory.read();
        const answer = await called(client.documents.restore(own && { id: own.id, origin: own.origin }));
        if (!answer.ok) {
          // Without a line there will be another call; any other failure must not hide the studio.
          if (answer.failure.kind === "offline") return;
          troubled("The last document could not be brought back", answer.failure);
        } else if (own && own.id !== answer.value?.graph.id && (await sync.openUnkept(own.id))) {
          // The studio ended before it heard of this document.
        } else if (answer.value) {
          sync.adopt(answer.value);
          if (own?.history && own.id === answer.value.graph.id)
            graphStore.getState().restoreHistory(own.history);
          await sync.joinUnkept();
        }
        if (!graphStore.getState().graph) {
          const graph = emptyGraph(deps.newId(), "Untitled");
          sync.adopt({ graph, revision: 0, unsaved: false });
        }
        set({ phase: "ready" });
        await get().refreshLists();
      },

      keepNow: sync.keep,
      keepAsOwn: sync.keepAsOwn,
      keepAgain: sync.keepAgain,
      look: sync.look,
      heard({ id, ...change }) {
        if (graphStore.getState().graph?.id === id) sync.heard(change);
      },

      async save(file) {
        set({ saving: true, changedFile: undefined });
        const isSaved = await sync.save(file);
        set({ saving: false });
        if (isSaved) await get().refreshLists();
        return isSaved;
      },

      async saveAs(name) {
        const { graph } = graphStore.getState();
        if (!graph) return;
        set({ saving: true });
        await sync.keep();
        const copy: Graph = { ...graph, id: deps.newId(), name };
        const answer = deps.hasNativeFiles()
          ? await called(client.files.saveAs({ graph: copy }))
          : await called(savedCopy(copy));
        set({ saving: false });
        if (!answer.ok) return troubled(`“${name}” was not saved`, answer.failure);
        if (!answer.value) return; // the person closed the host's dialog
        // What was edited while it was written stays with the graph that it was made in.
        if (!(await leave())) return;
        sync.adopt(answer.value, graph.id);
        await get().refreshLists();
      },

      async create() {
        const { graph } = graphStore.getState();
        if (graph?.nodes.length === 0 && get().savedAt === undefined) return; // it is new already
        if (!(await leave())) return;
        const fresh = emptyGraph(deps.newId(), "Untitled");
        const told = replaced(fresh);
        sync.adopt({ graph: fresh, revision: 0, unsaved: false });
        set({ notices: [...get().notices, ...told] });
        // So that a reload comes back to this one.
        await get().keepAsOwn();
        await get().refreshLists();
      },

      async open(id) {
        if (!(await leave())) return;
        await opened("The graph was not opened", await called(client.documents.load({ id })));
      },

      async openExample(id) {
        if (!(await leave())) return;
        await opened("The example was not opened", await called(client.documents.openExample({ id })));
      },

      async openRunGraph(runId) {
        if (!(await leave())) return;
        await opened(
          "The graph of this run was not opened",
          await called(client.history.openGraph({ runId })),
        );
      },

      async openNative() {
        if (!(await leave())) return;
        await opened("The file was not opened", await called(client.files.open()));
      },

      openOffered() {
        offered = offered.then(openAllOffered);
        return offered;
      },

      async importText(text, name) {
        if (!(await leave())) return;
        await opened(`“${name}” was not opened`, await called(client.documents.importText({ text, name })));
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
      dismissChangedFile: () => set({ changedFile: undefined }),
      dismissCopy: (id) => set({ copies: get().copies.filter((copy) => copy.id !== id) }),
      rememberSteps: sync.remember,
      drainNotices() {
        const { notices } = get();
        if (notices.length > 0) set({ notices: [] });
        return notices;
      },
    };
  });
}

export const documentsStore: DocumentsStore = createDocumentsStore({
  client: studio.client,
  graphStore,
  newId: () => crypto.randomUUID(),
  hasNativeFiles: () => serverStore.getState().info?.nativeFiles ?? false,
  memory: sessionMemory,
  unkept: unkeptEdits,
  clockTime: () => clockTime(Date.now()),
});

export function useDocuments<T>(select: (state: DocumentsState & DocumentsActions) => T): T {
  return useStore(documentsStore, select);
}

/** Whether closing the window now loses nothing: what is kept is back with the next window, saved or not. */
export function mayClose(keeping: Keeping): boolean {
  return keeping === "kept";
}
