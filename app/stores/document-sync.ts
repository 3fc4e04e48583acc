import type { StoreApi } from "zustand";
import { changesOf, isSameContent, rebased, withChanges } from "../../src/graph/changes/changes.ts";
import { copyAgain, paramPlaces } from "../../src/graph/changes/conflict-copy.ts";
import type { Graph } from "../../src/graph/document/schema.ts";
import type { FileChoice, OpenDocument, Refusal } from "../../src/studio/contract.ts";
import type { DocumentsDeps, DocumentsState } from "./documents-state.ts";
import { type CallFailure, called, wordsOf } from "./studio.ts";

/** Edits within this time are kept together; well under the second that design.md promises. */
export const KEEP_DELAY_MS = 400;
/** Of undo steps, for a reload; a browser gives a window some five million for everything. */
const STORED_CHARACTERS = 2_000_000;
/** What is not kept by then goes to the browser's storage, too. */
const REMEMBER_DELAY_MS = 2 * KEEP_DELAY_MS;
/** After a failed keep; the next edit or reconnection does not wait for it. */
const KEEP_AGAIN_MS = 2000;

/** What the studio has of the open document. Another document has another one of these. */
type StudioCopy = {
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

/**
 * Keeps the open document and its copy in the studio the same: edits go there within a second, and what other windows
 * did comes here. What could not be sent waits in the browser's storage.
 */
export type DocumentSync = {
  /** Puts another document on show. @param historyOf the document whose undo steps go on with it. */
  adopt(document: OpenDocument, historyOf?: string): void;
  /** Whether the studio has it, or need not. */
  isKept(graph: Graph): boolean;
  keep(): Promise<void>;
  keepAsOwn(): Promise<void>;
  keepAgain(): Promise<void>;
  look(): Promise<void>;
  heard(change: { readonly revision?: number | undefined; readonly savedAt?: number | undefined }): void;
  /** Saves what is kept, after what is on show is; what is typed meanwhile is for the next time. */
  save(file: FileChoice | undefined): Promise<boolean>;
  /** Joins what windows did to the open document that ended, or lost their line, before it was kept. */
  joinUnkept(): Promise<void>;
  /** Brings back a document of this window that the studio never had. */
  openUnkept(id: string): Promise<boolean>;
  /** Writes what a later life of this window begins with. */
  remember(): void;
};

export function createDocumentSync(
  { client, graphStore, ...deps }: DocumentsDeps,
  { getState: get, setState: set }: Pick<StoreApi<DocumentsState>, "getState" | "setState">,
): DocumentSync {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let rememberTimer: ReturnType<typeof setTimeout> | undefined;
  let current: StudioCopy | undefined;
  const inTurn = createTurns();

  const adopt = (document: OpenDocument, historyOf?: string) => {
    const { graph, revision, unsaved, savedAt, fileName, origin } = document;
    clearTimeout(timer);
    timer = undefined;
    // Its own before the graph is there, so that opening does not look like an edit.
    current = { kept: graph, revision, unanswered: undefined, isOwn: revision > 0, isGone: false };
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

  const isKept = (graph: Graph): boolean => current !== undefined && hasAll(current, graph);

  /** Puts what the studio does not have where another life of this window finds it. */
  const remember = () => {
    clearTimeout(rememberTimer);
    rememberTimer = undefined;
    const { graph } = graphStore.getState();
    if (!graph || !current || current.isGone || isKept(graph)) return;
    const changes = changesOf(current.kept, graph);
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

  const keepAsOwn = (): Promise<void> => {
    if (current) current.isOwn = true;
    return keep();
  };

  const keepOpen = async (): Promise<void> => {
    const mine = current;
    while (mine && mine === current) {
      const { graph } = graphStore.getState();
      if (!graph || mine.isGone) return;
      if (isKept(graph)) {
        isSettled(graph);
        return set({ keeping: "kept", notKept: undefined });
      }
      set({ keeping: "keeping" });
      const answer = await called(client.documents.keep({ graph, base: mine.revision }));
      if (mine !== current) return;
      if (!answer.ok) {
        // A refusal says that it is not there. Any other failure leaves that open.
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
    if (current) current.isGone = true;
    set({ keeping: "failed", notKept: gone });
  };

  /**
   * Joins what the studio has with the edits that it does not have yet. Where both changed the same, the studio's
   * stays, and this window's is kept as a document of its own first.
   *
   * @returns whether the window is up to date with the studio now; else it is tried again later.
   */
  const joinWith = async (document: OpenDocument): Promise<boolean> => {
    const mine = current;
    if (!mine) return false;
    let base = known(mine, document.graph);
    let theirs = document.graph;
    for (;;) {
      const { graph } = graphStore.getState();
      if (!graph || mine !== current) return false;
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
      graphStore.getState().mergeIn(now, document.unsaved ? undefined : isTheirs ? now : document.graph);
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
  const keepCopy = async (mine: StudioCopy, graph: Graph, conflicts: readonly string[]): Promise<boolean> => {
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
      if (mine === current) notTaken(refusal);
      return false;
    }
    mine.copy = { graph: copy, revision: answer.value.revision, conflicts };
    const others = get().copies.filter(({ id }) => id !== copy.id);
    set({ copies: [...others, { id: copy.id, name: copy.name, places }] });
    return true;
  };

  const joinUnkept = (): Promise<void> =>
    inTurn(async () => {
      const mine = current;
      const id = graphStore.getState().graph?.id;
      if (!mine || id === undefined) return;
      for (const found of deps.unkept.find(id)) {
        const { graph, unsaved } = graphStore.getState();
        if (!graph || mine !== current) return;
        const first = rebased(found.changes, graph);
        // It stays where it is for the next time.
        if (first.conflicts.length > 0 && !(await keepCopy(mine, found.graph, first.conflicts))) return;
        const now = graphStore.getState().graph;
        if (!now || mine !== current) return;
        const { graph: joined } = now === graph ? first : rebased(found.changes, now);
        if (joined !== now && !isSameContent(joined, now)) {
          graphStore.getState().mergeIn(joined, unsaved ? undefined : mine.kept);
          set({ notices: [...get().notices, "Edits that the studio had not kept are back."] });
        }
        remember();
        deps.unkept.remove(found.key);
      }
    });

  const openUnkept = async (id: string): Promise<boolean> => {
    const found = deps.unkept.find(id).at(-1);
    if (!found) return false;
    adopt({ graph: found.graph, revision: 0, unsaved: true });
    await keepAsOwn();
    if (get().keeping !== "failed") deps.unkept.remove(found.key);
    return true;
  };

  const look = (): Promise<void> =>
    inTurn(async () => {
      const mine = current;
      const { graph } = graphStore.getState();
      if (!graph || !mine || mine.revision === 0 || mine.isGone) return;
      const answer = await called(client.documents.latest({ id: graph.id, revision: mine.revision }));
      // Without a line there will be another look.
      if (!answer.ok || mine !== current) return;
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

  const save = async (file: FileChoice | undefined): Promise<boolean> => {
    for (;;) {
      await keepAsOwn();
      const { graph } = graphStore.getState();
      const mine = current;
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
      if (!answer.ok) set({ trouble: { title, ...wordsOf(answer.failure) } });
      if (!answer.ok || mine !== current) return false;
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

  return {
    ...{ adopt, isKept, keep, keepAsOwn, look, save, joinUnkept, openUnkept },
    keepAgain() {
      if (current) Object.assign(current, { revision: 0, unanswered: undefined, isOwn: true, isGone: false });
      return keep();
    },
    heard({ revision, savedAt }) {
      if (revision === current?.revision && savedAt === get().savedAt) return;
      void look();
    },
    remember() {
      remember();
      const own = deps.memory.read();
      if (own) deps.memory.write({ ...own, history: graphStore.getState().history(STORED_CHARACTERS) });
    },
  };
}

/** Calls about what is kept go one after the other, so an answer is never of before another one. */
function createTurns() {
  let turn: Promise<unknown> | undefined;
  return <T>(act: () => Promise<T>): Promise<T> => {
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
}

/** What this window's edits began with: of what it sent without an answer, what the studio turns out to have. */
function known({ kept, unanswered }: StudioCopy, theirs: Graph): Graph {
  const sent = unanswered && changesOf(kept, unanswered);
  if (!sent) return kept;
  const { graph, conflicts } = withChanges(sent, theirs);
  return conflicts.length === 0 && isSameContent(graph, theirs) ? unanswered : kept;
}

/** Whether the studio has it, or need not: who only looks at an example leaves nothing behind. */
function hasAll({ kept, revision, isOwn }: StudioCopy, graph: Graph): boolean {
  if (revision > 0) return graph === kept;
  return !isOwn && isSameContent(graph, kept);
}
