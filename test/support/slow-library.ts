import { setImmediate as nextTurn } from "node:timers/promises";
import type { Library } from "../../src/library/index.ts";

/** A library that takes its time: each question is answered some turns of the event loop later, in the order of the calls. */
export function slowLibrary(library: Library): Library {
  return slowed(library);
}

function slowed<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === "object" && value !== null) return slowed(value);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        for (let turn = 0; turn < 3; turn++) await nextTurn();
        const answer: unknown = await Reflect.apply(value, target, args);
        await nextTurn();
        return answer;
      };
    },
  });
}
