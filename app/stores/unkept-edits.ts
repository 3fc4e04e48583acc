import { z } from "zod";
import type { Delta } from "../../src/graph/changes/delta.ts";
import type { Graph } from "../../src/graph/document/schema.ts";

/** What a window did to a document that the studio does not have yet. */
export type UnkeptEdit = {
  /** The whole graph, as that window showed it. */
  readonly graph: Graph;
  /** What of it the studio did not have. */
  readonly changes: Delta;
};

export type FoundEdit = UnkeptEdit & { readonly key: string };

/** Edits that wait for the studio, where a later life of this window, or another one, finds them. */
export type UnkeptEdits = {
  /** What other windows and earlier lives of this one left of a document, the oldest first. */
  find(documentId: string): readonly FoundEdit[];
  /** This window's of that document; it takes the place of what was written before. */
  write(edit: UnkeptEdit): void;
  /** The studio has all that this window did to the document. */
  forget(documentId: string): void;
  /** What was found is somewhere else now. */
  remove(key: string): void;
};

/** The part of a browser's storage that is used. */
export type Shelf = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

const NAME = "catwalk.unkept";
/** Of one document; a browser gives an origin some five million for everything. */
const STORED_CHARACTERS = 1_500_000;

const storedSchema = z.object({
  at: z.number(),
  // Our own writing in our own storage: what is looked at is that it was written whole.
  graph: z.custom<Graph>((value) => typeof value === "object" && value !== null && "nodes" in value),
  changes: z.custom<Delta>((value) => typeof value === "object" && value !== null && "type" in value),
});

/**
 * @param life names this life of the window: two that lost their line at once do not write over each other.
 * @param now milliseconds since 1970
 */
export function createUnkeptEdits(storage: () => Shelf, life: string, now: () => number): UnkeptEdits {
  const own = (documentId: string) => `${NAME}:${documentId}:${life}`;
  return {
    find(documentId) {
      const found: (FoundEdit & { readonly at: number })[] = [];
      const prefix = `${NAME}:${documentId}:`;
      for (const key of keysOf(storage)) {
        if (!key.startsWith(prefix) || key === own(documentId)) continue;
        const stored = storedSchema.safeParse(parsed(storage, key));
        if (stored.success && stored.data.graph.id === documentId) found.push({ ...stored.data, key });
      }
      return found.sort((a, b) => a.at - b.at);
    },
    write({ graph, changes }) {
      const text = JSON.stringify({ at: now(), graph, changes });
      try {
        if (text.length <= STORED_CHARACTERS) return storage().setItem(own(graph.id), text);
      } catch {
        // Full, or not allowed here: the edits are in the window alone, as its notice says.
      }
      return undefined;
    },
    forget: (documentId) => removeFrom(storage, own(documentId)),
    remove: (key) => removeFrom(storage, key),
  };
}

/** A browser may forbid its storage altogether; then nothing is found and nothing is left. */
function keysOf(storage: () => Shelf): readonly string[] {
  try {
    const shelf = storage();
    return Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? "");
  } catch {
    return [];
  }
}

function parsed(storage: () => Shelf, key: string): unknown {
  try {
    return JSON.parse(storage().getItem(key) ?? "null");
  } catch {
    return undefined;
  }
}

function removeFrom(storage: () => Shelf, key: string): void {
  try {
    storage().removeItem(key);
  } catch {
    // Not allowed here: then nothing was written, either.
  }
}

export const unkeptEdits: UnkeptEdits = createUnkeptEdits(
  () => localStorage,
  globalThis.crypto.randomUUID(),
  () => Date.now(),
);
