import type { UndoHistory } from "../../app/stores/undo-history.ts";
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
