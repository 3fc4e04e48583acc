import { z } from "zod";
import type { DocumentOrigin } from "../../src/studio/contract.ts";
import type { UndoHistory } from "./undo-history.ts";

/** What a window still knows after a reload: which document is its own, and what it did to it. */
export type WindowMemory = {
  read(): OwnDocument | undefined;
  write(own: {
    readonly id: string;
    readonly origin?: DocumentOrigin | undefined;
    readonly history?: string;
  }): void;
};

type OwnDocument = {
  readonly id: string;
  /** Set while it is a copy that the library does not have. */
  readonly origin?: DocumentOrigin | undefined;
  readonly history?: UndoHistory | undefined;
};

const NAME = "catwalk.document";
const STEPS = "catwalk.undo";

const ownSchema = z.object({
  id: z.uuid(),
  origin: z.object({ kind: z.enum(["example", "run"]), id: z.string() }).optional(),
});
const historySchema = z.object({
  // Our own writing in this window's own storage: what is looked at is that it was written whole.
  past: z.array(z.custom<UndoHistory["past"][number]>()),
  future: z.array(z.custom<UndoHistory["past"][number]>()),
  isShared: z.boolean(),
  forgotten: z.number(),
});

/** Each window and each tab has its own; it lives as long as they do, reloads included. */
export const sessionMemory: WindowMemory = {
  read() {
    const own = ownSchema.safeParse(stored(NAME));
    if (!own.success) return undefined;
    const history = historySchema.safeParse(stored(STEPS));
    return { ...own.data, ...(history.success ? { history: history.data } : {}) };
  },
  write({ history, ...own }) {
    keep(NAME, JSON.stringify(own));
    if (history === undefined) sessionStorage.removeItem(STEPS);
    else keep(STEPS, history);
  },
};

function stored(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "null");
  } catch {
    return undefined;
  }
}

function keep(name: string, text: string): void {
  try {
    sessionStorage.setItem(name, text);
  } catch {
    // Full, or not allowed here: the next life of this window begins with what was open last.
    sessionStorage.removeItem(name);
  }
}
