import type { EngineDeps } from "../../src/engine/index.ts";

/** What the engine knows of the world, as a process has it that can be killed between any two effects. */
export type MortalProcess = {
  readonly deps: EngineDeps;
  /** From now on nothing it does has any effect, and nothing reaches it. */
  kill(): void;
  readonly isDead: boolean;
  /** Moments lived through so far. */
  readonly moments: number;
};

/** @param dieAt the moment at which it dies; each effect has one before it and one after. Default: never. */
export function createMortalProcess(deps: EngineDeps, dieAt = Number.POSITIVE_INFINITY): MortalProcess {
  let moments = 0;
  let dead = false;
  const never = () => new Promise<never>(() => {});
  const moment = (): void => {
    if (!dead && moments++ >= dieAt) dead = true;
  };

  /** The dead call nobody, and what they called before answers nobody. */
  async function effect<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    moment();
    if (dead) return await never();
    const answer = act();
    answer.catch(() => {}); // it is awaited below, unless nobody is left to hear it
    moment();
    if (dead) return await never();
    try {
      const result = await answer;
      moment();
      return dead ? await never() : result;
    } catch (error) {
      return dead ? await never() : await Promise.reject(error);
    }
  }

  const { clock, server, media, editor, journal, ledger, saver, takes } = deps;
  return {
    deps: {
      ...deps,
      clock: {
        now: () => clock.now(),
        setTimeout: (callback, ms) =>
          clock.setTimeout(() => {
            if (!dead) callback();
          }, ms),
        clearTimeout: (handle) => clock.clearTimeout(handle),
      },
      server: {
        ...server,
        create: (request, options) => effect(() => server.create(request, options)),
        look: (job, options) => effect(() => server.look(job, options)),
        upload: (bytes, options) => effect(() => server.upload(bytes, options)),
        estimate: (request) => effect(() => server.estimate(request)),
      },
      media: {
        fetch: (remote, options) => effect(() => media.fetch(remote, options)),
        adopt: (path, options) => effect(() => media.adopt(path, options)),
        sha256Of: (scope, mediaId) => effect(() => media.sha256Of(scope, mediaId)),
        pathOf: (sha256) => effect(() => media.pathOf(sha256)),
        has: (sha256) => effect(() => media.has(sha256)),
      },
      editor: { render: (request, options) => effect(() => editor.render(request, options)) },
      journal: {
        append: (events, durability, extras) => effect(() => journal.append(events, durability, extras)),
      },
      ledger: {
        history: (key) => effect(() => ledger.history(key)),
        lock: (key, signal) => effect(() => ledger.lock(key, signal)),
      },
      takes: {
        get: (takeId) => effect(() => takes.get(takeId)),
        numbers: (key, above) => effect(() => takes.numbers(key, above)),
        stateOf: (key, number) => effect(() => takes.stateOf(key, number)),
        lastUsed: (step, keys) => effect(() => takes.lastUsed(step, keys)),
        usersOf: (takeId) => effect(() => takes.usersOf(takeId)),
        reserve: (order) => effect(() => takes.reserve(order)),
        resume: (key, number) => effect(() => takes.resume(key, number)),
        adopt: (key, number) => effect(() => takes.adopt(key, number)),
      },
      saver: { save: (items, name) => effect(() => saver.save(items, name)) },
      onEvents(events) {
        if (!dead) deps.onEvents(events);
      },
      onSignal(signal) {
        if (!dead) deps.onSignal(signal);
      },
    },
    kill() {
      dead = true;
    },
    get isDead() {
      return dead;
    },
    get moments() {
      return moments;
    },
  };
}
