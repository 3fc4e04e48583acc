import type { UndoHistory } from "../../app/stores/undo-history.ts";
import type { Shelf } from "../../app/stores/unkept-edits.ts";
import type { WindowMemory } from "../../app/stores/window-memory.ts";

/** A window's own memory, which a reload leaves. */
export function memoryOfWindow(): WindowMemory {
  let own: ReturnType<WindowMemory["read"]>;
  return {
    read: () => own,
    write: ({ history, ...rest }) => {
      own = { ...rest, ...(history === undefined ? {} : { history: JSON.parse(history) as UndoHistory }) };
    },
  };
}

/** The storage of a browser, which its windows share. */
export function memoryShelf(): Shelf {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, text) => void items.set(key, text),
    removeItem: (key) => void items.delete(key),
  };
}
