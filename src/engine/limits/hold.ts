import type { CreateHold } from "../ports/deps.ts";

/** A hold that somebody closes and opens. @param waitingFor completes "waiting for …" on a step that is held. */
export function createHold(waitingFor: string): CreateHold & { hold(): void; release(): void } {
  let released: PromiseWithResolvers<void> | undefined;
  return {
    waitingFor,
    get isHeld() {
      return released !== undefined;
    },
    whenReleased: () => released?.promise ?? Promise.resolve(),
    hold() {
      released ??= Promise.withResolvers();
    },
    release() {
      released?.resolve();
      released = undefined;
    },
  };
}
