/** Lets one act at a time have a name; the others wait, in the order in which they asked. */
export type Turns = <Result>(name: string, act: () => Promise<Result>) => Promise<Result>;

/** An act whose name is free begins within the call. One that waits for another turn of its own name waits for ever. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return async (name, act) => {
    const before = last.get(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    last.set(name, promise);
    if (before) await before;
    try {
      return await act();
    } finally {
      if (last.get(name) === promise) last.delete(name);
      resolve();
    }
  };
}

/** One act that has several names to itself. They are taken in one order everywhere, so that two such never block each other. */
export function inAllTurns<Result>(
  turns: Turns,
  names: readonly string[],
  act: () => Promise<Result>,
): Promise<Result> {
  const [first, ...rest] = [...new Set(names)].sort();
  return first === undefined ? act() : turns(first, () => inAllTurns(turns, rest, act));
}
