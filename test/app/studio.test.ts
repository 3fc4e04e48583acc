import { ORPCError } from "@orpc/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { called, createStudio } from "../../app/stores/studio.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Answer = (path: string) => unknown;

/** Lines that the test opens and cuts. `reachable` false makes every attempt fail. */
function fakeLines(answer: Answer) {
  const state = { reachable: true, attempts: 0, cut: () => {} };
  const open = async () => {
    state.attempts++;
    if (!state.reachable) throw new Error("refused");
    const ended = Promise.withResolvers<void>();
    const broken = Promise.withResolvers<never>();
    broken.promise.catch(() => {});
    state.cut = () => {
      ended.resolve();
      // As the transports do: what is under way fails once the line is gone.
      queueMicrotask(() => broken.reject(new Error("closed")));
    };
    return {
      ended: ended.promise,
      link: {
        call: async (path: readonly string[]) => await Promise.race([answer(path.join(".")), broken.promise]),
      },
    };
  };
  return { state, studio: createStudio(open) };
}

test("a call made before the line is up waits for it", async () => {
  const { studio } = fakeLines(() => ({ version: "1" }));
  studio.connect();
  expect(await studio.client.studio.info()).toEqual({ version: "1" });
});

test("a call while the line is down fails as offline after a short patience, and says what to do", async () => {
  const { studio, state } = fakeLines(() => ({}));
  state.reachable = false;
  studio.connect();
  const call = called(studio.client.studio.info());
  await vi.advanceTimersByTimeAsync(5000);
  expect(await call).toMatchObject({ ok: false, failure: { kind: "offline" } });
});

test("a call under way when the line breaks fails as offline, not as a bug", async () => {
  const { studio, state } = fakeLines(() => new Promise(() => {}));
  studio.connect();
  const call = called(studio.client.studio.info());
  await vi.advanceTimersByTimeAsync(0);
  state.cut();
  expect(await call).toMatchObject({ ok: false, failure: { kind: "offline" } });
});

test("it tries again, ever more slowly, until the studio is back", async () => {
  const { studio, state } = fakeLines(() => ({}));
  state.reachable = false;
  studio.connect();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.attempts).toBeGreaterThan(5);
  expect(state.attempts).toBeLessThan(25);
  state.reachable = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(studio.isUp()).toBe(true);
});

test("who listens hears the present state and each change", async () => {
  const { studio, state } = fakeLines(() => ({}));
  const heard: boolean[] = [];
  studio.onUp((up) => heard.push(up));
  studio.connect();
  await vi.advanceTimersByTimeAsync(0);
  state.cut();
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual([false, true, false, true]);
});

test("a stream that broke is asked for again, and one that was stopped is not", async () => {
  let opened = 0;
  const { studio, state } = fakeLines(() => ({}));
  studio.connect();
  const heard: string[] = [];
  async function* stream(signal: AbortSignal) {
    opened++;
    yield `snapshot ${opened}`;
    await new Promise((_, reject) => {
      state.cut = chain(state.cut, () => reject(new Error("closed")));
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
  }
  const stop = studio.follow(
    async (signal) => stream(signal),
    (message) => heard.push(message),
  );
  await vi.advanceTimersByTimeAsync(0);
  state.cut();
  await vi.advanceTimersByTimeAsync(1000);
  expect(heard).toEqual(["snapshot 1", "snapshot 2"]);
  state.reachable = false;
  state.cut();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(opened).toBe(2);
  state.reachable = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(opened).toBe(3);
  stop();
  state.cut();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(opened).toBe(3);
});

test("a refusal of the studio comes through in its own words", async () => {
  const refusal = { code: "NO_KEY", message: "No key is set.", remedy: "Enter one." };
  const { studio } = fakeLines(() => {
    throw new ORPCError("REFUSED", { defined: true, status: 409, message: "Refused", data: refusal });
  });
  studio.connect();
  expect(await called(studio.client.connection.refresh())).toEqual({
    ok: false,
    failure: { kind: "refused", ...refusal },
  });
});

test("a graph with problems brings them along", async () => {
  const { studio } = fakeLines(() => {
    throw new ORPCError("INVALID_GRAPH", { defined: true, status: 422, data: { problems: [] } });
  });
  studio.connect();
  expect(await called(studio.client.connection.refresh())).toEqual({
    ok: false,
    failure: { kind: "invalid-graph", problems: [] },
  });
});

function chain(first: () => void, then: () => void): () => void {
  return () => {
    first();
    then();
  };
}
