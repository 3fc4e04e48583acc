import { createStore, type StoreApi, useStore } from "zustand";
import { changesOf, isSameContent, rebased, withChanges } from "../../src/graph/changes/changes.ts";
import { copyAgain, type ParamPlace, paramPlaces } from "../../src/graph/changes/conflict-copy.ts";
import { emptyGraph, type Graph } from "../../src/graph/document/schema.ts";
import type {
  DocumentOrigin,
  DocumentSummary,
  Example,
  FileChoice,
  OpenDocument,
  OpenResult,
  Refusal,
} from "../../src/studio/contract.ts";
import { clockTime } from "../words/amounts.ts";
import { connectionStore } from "./connection.ts";
import { type GraphStore, graphStore } from "./graph.ts";
import { type Called, type CallFailure, called, type StudioClient, studio } from "./studio.ts";
import { type UnkeptEdits, unkeptEdits } from "./unkept-edits.ts";
import { sessionMemory, type WindowMemory } from "./window-memory.ts";

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
    readonly revision: number | undefined;
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
  takeNotices(): readonly string[];
};

export type DocumentsStore = StoreApi<DocumentsState & DocumentsActions>;

/** Edits within this time are kept together; well under the second that design.md promises. */
export const KEEP_DELAY_MS = 400;
/** Of undo steps, for a reload; a browser gives a window some five million for everything. */
const STORED_CHARACTERS = 2_000_000;
/** What is not kept by then goes to the browser's storage, too. */
const REMEMBER_DELAY_MS = 2 * KEEP_DELAY_MS;
/** After a failed keep; the next edit or reconnection does not wait for it. */
const KEEP_AGAIN_MS = 2000;

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

/** What the studio has of the open document. Another document has another one of these. */
type Held = {
  /** The graph as the studio has it, or as it was opened; compared by identity, since edits replace it. */
  kept: Graph;
  /** Whether it is to be in the library though it is as it was opened. */
  isOwn: boolean;
  /** 0 while the library does not have it. */
  revision: number;
  /** Sent without an answer: it may be there or not. */
  unanswered: Graph | undefined;
  isGone: boolean;
  /** The copy of this window's version, as it was last kept. */
  copy?: { readonly graph: Graph; readonly revision: number; readonly conflicts: readonly string[] };
};

const offline: CallFailure = {
  kind: "offline",
  message: "The studio has not taken the latest edits yet.",
  remedy: "Your edits are safe in this window. Try again once it is connected.",
};

export const documentGone = "document-gone";
const gone: Refusal = {
  code: documentGone,
  message: "This graph was deleted in another window.",
  remedy: "Keep it again, export it, or open another one.",
};

export function createDocumentsStore(deps: DocumentsDeps): DocumentsStore {
  const { client, graphStore } = deps;
  return createStore((set, get) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rememberTimer: ReturnType<typeof setTimeout> | undefined;
    let held: Held | undefined;
    /** Calls about what is kept go one after the other, so an answer is never of before another one. */
    let turn: Promise<unknown> | undefined;
    const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
      // At once where it can: a window that is being closed has no later.
      const mine = turn ? turn.then(act) : act();
      const ended: Promise<unknown> = mine
        .catch(() => undefined) // told by the call that asked for it
        .then(() => {
          if (turn === ended) turn = undefined;
        });
      turn = ended;
      return mine;
    };

    const adopt = (document: OpenDocument, historyOf?: string) => {
      const { graph, revision, unsaved, savedAt, fileName, origin } = document;
      clearTimeout(timer);
      timer = undefined;
      // Its own before the graph is there, so that opening does not look like an edit.
      held = { kept: graph, revision, unanswered: undefined, isOwn: revision > 0, isGone: false };
      graphStore.getState().open(graph, { unsaved, historyOf });
      deps.memory.write({ id: graph.id, origin });
      set({
        ...{ keeping: "kept", notKept: undefined, changedFile: undefined },
        ...{ savedAt, fileName, origin },
      });
    };

    const keepLater = (delayMs: number) => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void keep();
      }, delayMs);
    };

    /** Whether the studio has it, or need not: who only looks at an example leaves nothing behind. */
    const isKept = (graph: Graph): boolean => {
      if (!held) return false;
      if (held.revision > 0) return graph === held.kept;
      return !held.isOwn && isSameContent(graph, held.kept);
    };

    /** Puts what the studio does not have where another life of this window finds it. */
    const remember = () => {
      clearTimeout(rememberTimer);
      rememberTimer = undefined;
      const { graph } = graphStore.getState();
      if (!graph || !held || held.isGone || isKept(graph)) return;
      const changes = changesOf(held.kept, graph);
      if (changes) deps.unkept.write({ graph, changes });
    };

    const rememberLater = () => {
      rememberTimer ??= setTimeout(remember, REMEMBER_DELAY_MS);
    };

    /** Nothing waits any more: the studio has what is on show. */
    const isSettled = (graph: Graph) => {
      clearTimeout(rememberTimer);
      rememberTimer = undefined;
      deps.unkept.forget(graph.id);
    };

    const notTaken = (notKept: Refusal | undefined) => {
      set({ keeping: "failed", notKept });
      keepLater(KEEP_AGAIN_MS);
    };

    const keep = (): Promise<void> => {
      clearTimeout(timer);
      timer = undefined;
      return inTurn(keepOpen);
    };

    const keepOpen = async (): Promise<void> => {
      const mine = held;
      while (mine && mine === held) {
        const { graph } = graphStore.getState();
        if (!graph || mine.isGone) return;
        if (isKept(graph)) {
          isSettled(graph);
          return set({ keeping: "kept", notKept: undefined });
        }
        set({ keeping: "keeping" });
        const answer = await called(client.documents.keep({ graph, base: mine.revision }));
        if (mine !== held) return;
        if (!answer.ok) {
          // Refused is not there; of anything else nobody can say.
          if (answer.failure.kind !== "refused") mine.unanswered = graph;
          return notTaken(answer.failure.kind === "offline" ? undefined : wordsOf(answer.failure));
        }
        if (answer.value.answer === "gone") return isGone();
        if (answer.value.answer === "changed") {
          if (!(await joinWith(answer.value.document))) return;
          continue;
        }
        const { revision, unsaved } = answer.value;
        Object.assign(mine, { kept: graph, revision, unanswered: undefined, isOwn: true });
        deps.memory.write({ id: graph.id });
        set({ notKept: undefined, origin: undefined });
        if (graphStore.getState().graph !== graph) {
          set({ keeping: "pending" });
          return keepLater(KEEP_DELAY_MS);
        }
        // Undone back to what was saved: the studio compares, the window only follows.
        graphStore.getState().markSaved(!unsaved);
      }
    };

    const isGone = () => {
      if (held) held.isGone = true;
      set({ keeping: "failed", notKept: gone });
    };

    /**
     * Joins what the studio has with the edits that it does not have yet. Where both changed the same, the studio's
     * stays, and this window's is kept as a document of its own first.
     *
     * @returns whether the window is up to date with the studio now; else it is tried again later.
     */
    const joinWith = async (document: OpenDocument): Promise<boolean> => {
      const mine = held;
      if (!mine) return false;
      let base = known(mine, document.graph);
      let theirs = document.graph;
      for (;;) {
        const { graph } = graphStore.getState();
        if (!graph || mine !== held) return false;
        const changes = changesOf(base, graph);
        const { graph: joined, conflicts } = changes
          ? rebased(changes, theirs)
          : { graph: theirs, conflicts: [] };
        if (conflicts.length > 0) {
          if (!(await keepCopy(mine, graph, conflicts))) return false;
          // What was edited while the copy was kept is joined next.
          [base, theirs] = [graph, joined];
          continue;
        }
        // What both have keeps this window's objects, so that cards which did not change sleep on.
        const differing = changesOf(graph, joined);
        const now = differing ? withChanges(differing, graph).graph : graph;
        const isTheirs = isSameContent(now, document.graph);
        Object.assign(mine, {
          ...{ kept: isTheirs ? now : document.graph, revision: document.revision },
          ...{ unanswered: undefined, isOwn: true, isGone: false },
        });
        graphStore.getState().takeIn(now, document.unsaved ? undefined : isTheirs ? now : document.graph);
        if (isTheirs) isSettled(now);
        set({
          ...{ keeping: isTheirs ? "kept" : "pending", notKept: undefined, origin: undefined },
          ...{ savedAt: document.savedAt, fileName: document.fileName },
        });
        return true;
      }
    };

    /**
     * Keeps a version of this window's that could not be joined, and offers it. While the same params are fought over
     * it is one copy, which holds every text that this window had.
     *
     * @returns whether it is kept; where not, nothing may take its place yet.
     */
    const keepCopy = async (mine: Held, graph: Graph, conflicts: readonly string[]): Promise<boolean> => {
      const places = paramPlaces(graph, conflicts);
      const { copy: before } = mine;
      const goesOn =
        before !== undefined &&
        places.length === conflicts.length &&
        before.conflicts.every((path) => conflicts.includes(path)) &&
        get().copies.some(({ id }) => id === before.graph.id);
      const fresh = (): Graph => ({
        ...{ ...graph, id: deps.newId() },
        name: `${graph.name} (this window's, ${deps.clockTime()})`,
      });
      const again = goesOn ? copyAgain(before.graph, graph, places) : undefined;
      let copy = again ?? fresh();
      let answer = await called(
        client.documents.keep({ graph: copy, base: again && before ? before.revision : 0 }),
      );
      if (again && answer.ok && answer.value.answer !== "kept") {
        // Another hand has edited or deleted it: it is that hand's now.
        copy = fresh();
        answer = await called(client.documents.keep({ graph: copy, base: 0 }));
      }
      if (!answer.ok || answer.value.answer !== "kept") {
        const refusal = answer.ok || answer.failure.kind === "offline" ? undefined : wordsOf(answer.failure);
        if (mine === held) notTaken(refusal);
        return false;
      }
      mine.copy = { graph: copy, revision: answer.value.revision, conflicts };
      const others = get().copies.filter(({ id }) => id !== copy.id);
      set({ copies: [...others, { id: copy.id, name: copy.name, places }] });
      return true;
    };

    /** Joins what windows did to the open document that ended, or lost their line, before it was kept. */
    const takeUpUnkept = (): Promise<void> =>
      inTurn(async () => {
        const mine = held;
        const id = graphStore.getState().graph?.id;
        if (!mine || id === undefined) return;
        for (const found of deps.unkept.find(id)) {
          const { graph, unsaved } = graphStore.getState();
          if (!graph || mine !== held) return;
          const first = rebased(found.changes, graph);
          // It stays where it is for the next time.
          if (first.conflicts.length > 0 && !(await keepCopy(mine, found.graph, first.conflicts))) return;
          const now = graphStore.getState().graph;
          if (!now || mine !== held) return;
          const { graph: joined } = now === graph ? first : rebased(found.changes, now);
          if (joined !== now && !isSameContent(joined, now)) {
            graphStore.getState().takeIn(joined, unsaved ? undefined : mine.kept);
            set({ notices: [...get().notices, "Edits that the studio had not kept are back."] });
          }
          remember();
          deps.unkept.remove(found.key);
        }
      });

    /** Brings back a document of this window that the studio never had. */
    const takeUpNew = async (id: string): Promise<boolean> => {
      const found = deps.unkept.find(id).at(-1);
      if (!found) return false;
      adopt({ graph: found.graph, revision: 0, unsaved: true });
      await get().keepAsOwn();
      if (get().keeping !== "failed") deps.unkept.remove(found.key);
      return true;
    };

    /** What this window's edits began with: of what it sent without an answer, what the studio turns out to have. */
    const known = ({ kept, unanswered }: Held, theirs: Graph): Graph => {
      const sent = unanswered && changesOf(kept, unanswered);
      if (!sent) return kept;
      const { graph, conflicts } = withChanges(sent, theirs);
      return conflicts.length === 0 && isSameContent(graph, theirs) ? unanswered : kept;
    };

    const look = (): Promise<void> =>
      inTurn(async () => {
        const mine = held;
        const { graph } = graphStore.getState();
        if (!graph || !mine || mine.revision === 0 || mine.isGone) return;
        const answer = await called(client.documents.latest({ id: graph.id, revision: mine.revision }));
        // Without a line there will be another look.
        if (!answer.ok || mine !== held) return;
        if (answer.value.answer === "gone") return isGone();
        if (answer.value.answer === "changed") {
          await joinWith(answer.value.document);
          return;
        }
        const { savedAt, fileName, unsaved } = answer.value;
        set({ savedAt, fileName });
        if (graphStore.getState().graph === mine.kept) graphStore.getState().markSaved(!unsaved);
      });

    graphStore.subscribe((state, before) => {
      if (state.graph === before.graph || !state.graph || isKept(state.graph)) return;
      if (get().keeping !== "keeping") set({ keeping: get().keeping === "failed" ? "failed" : "pending" });
      keepLater(KEEP_DELAY_MS);
      rememberLater();
    });

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
      if (document.graph.id === graphStore.getState().graph?.id) await look();
      else adopt(document);
      await takeUpUnkept();
      set({ notices: [...get().notices, ...told] });
      void get().refreshLists();
    };

    let offered: Promise<void> = Promise.resolve();
    const openAllOffered = async (): Promise<void> => {
      // Before it is known what was open, a file that is opened would be replaced by that.
      while (get().phase === "ready") {
        await keep();
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

    /** Saves what is kept, after what is on show is; what is typed meanwhile is for the next time. */
    const saveOpen = async (file: FileChoice | undefined): Promise<boolean> => {
      for (;;) {
        await get().keepAsOwn();
        const { graph } = graphStore.getState();
        const mine = held;
        if (!graph || !mine) return false;
        const title = `“${graph.name}” was not saved`;
        if (get().keeping === "failed" || mine.revision === 0) {
          const refusal = get().notKept ?? wordsOf(offline);
          set({ trouble: { title, ...refusal } });
          return false;
        }
        const { revision, kept } = mine;
        const answer = await inTurn(() =>
          called(client.documents.save({ id: graph.id, revision, ...(file ? { file } : {}) })),
        );
        if (!answer.ok) troubled(title, answer.failure);
        if (!answer.ok || mine !== held) return false;
        switch (answer.value.answer) {
          case "gone":
            isGone();
            set({ trouble: { title, ...gone } });
            return false;
          case "changed":
            if (await joinInTurn(answer.value.document)) continue;
            return false;
          case "file-changed": {
            const { fileName, seen, canJoin } = answer.value;
            set({ changedFile: { fileName, seen, canJoin } });
            return false;
          }
          case "saved": {
            const { document, notices } = answer.value;
            const { savedAt, fileName } = document;
            set({ savedAt, fileName, notices: [...get().notices, ...notices] });
            if (document.revision !== mine.revision) await joinInTurn(document);
            else if (graphStore.getState().graph === kept) graphStore.getState().markSaved(!document.unsaved);
            return true;
          }
          default:
            return answer.value satisfies never;
        }
      }
    };
    const joinInTurn = (document: OpenDocument) => inTurn(() => joinWith(document));

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
      await keep();
      const { graph } = graphStore.getState();
      if (graph && !isKept(graph)) {
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
      origin: undefined,
      changedFile: undefined,
      copies: [],

      async restore() {
        if (get().phase === "ready") {
          // The line was down: what was edited meanwhile is kept now, and what others did is taken in.
          await keep();
          await look();
          return;
        }
        const own = deps.memory.read();
        const answer = await called(client.documents.restore(own && { id: own.id, origin: own.origin }));
        if (!answer.ok) {
          // Without a line there will be another call; any other failure must not hide the studio.
          if (answer.failure.kind === "offline") return;
          troubled("The last document could not be brought back", answer.failure);
        } else if (own && own.id !== answer.value?.graph.id && (await takeUpNew(own.id))) {
          // The studio ended before it heard of this document.
        } else if (answer.value) {
          adopt(answer.value);
          if (own?.history && own.id === answer.value.graph.id)
            graphStore.getState().takeUpHistory(own.history);
          await takeUpUnkept();
        }
        if (!graphStore.getState().graph) {
          const graph = emptyGraph(deps.newId(), "Untitled");
          adopt({ graph, revision: 0, unsaved: false });
        }
        set({ phase: "ready" });
        await get().refreshLists();
      },

      keepNow: keep,
      keepAsOwn() {
        if (held) held.isOwn = true;
        return keep();
      },
      look,
      heard({ id, revision, savedAt }) {
        if (graphStore.getState().graph?.id !== id) return;
        if (revision === held?.revision && savedAt === get().savedAt) return;
        void look();
      },
      async keepAgain() {
        if (held) Object.assign(held, { revision: 0, unanswered: undefined, isOwn: true, isGone: false });
        await keep();
      },

      async save(file) {
        set({ saving: true, changedFile: undefined });
        const isSaved = await saveOpen(file);
        set({ saving: false });
        if (isSaved) await get().refreshLists();
        return isSaved;
      },

      async saveAs(name) {
        const { graph } = graphStore.getState();
        if (!graph) return;
        set({ saving: true });
        await keep();
        const copy: Graph = { ...graph, id: deps.newId(), name };
        const answer = deps.hasNativeFiles()
          ? await called(client.files.saveAs({ graph: copy }))
          : await called(savedCopy(copy));
        set({ saving: false });
        if (!answer.ok) return troubled(`“${name}” was not saved`, answer.failure);
        if (!answer.value) return; // the person closed the host's dialog
        // What was edited while it was written stays with the graph that it was made in.
        if (!(await leave())) return;
        adopt(answer.value, graph.id);
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
      rememberSteps() {
        remember();
        const own = deps.memory.read();
        if (own) deps.memory.write({ ...own, history: graphStore.getState().history(STORED_CHARACTERS) });
      },
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
