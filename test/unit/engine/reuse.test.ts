import { expect, test } from "vitest";
import type { Run, TakeStore } from "../../../src/engine/index.ts";
import {
  createWorld,
  failureOf,
  id,
  kindOf,
  kinds,
  remoteFailure,
  remoteMedia,
  type StepSpec,
  step,
  stepOf,
  type World,
} from "../../support/engine-world.ts";
import { said } from "../../support/in-english.ts";

const asType = (type: string, spec: StepSpec): StepSpec => ({ ...spec, type });
/** Nodes that are equal in everything but their place and name. */
const equals = (names: readonly string[], type = "same"): StepSpec[] =>
  names.map((name) => asType(type, { ...step.generate(type), name }));

const mediaIdOf = (run: Run, name: string) => {
  const value = stepOf(run, name).outputs[0]?.value;
  return value?.type === "media" ? value.mediaId : undefined;
};
const takeOf = (run: Run, name: string) => stepOf(run, name).takeId;

let runs = 0;
/** To the end, in a process of its own that ends with it. */
async function runOf(world: World, specs: readonly StepSpec[], more: Parameters<World["start"]>[1] = {}) {
  const mortal = world.process();
  const run = world.startIn(mortal, specs, { runId: `later-${runs++}`, ...more });
  await world.settle();
  await run.whenSettled();
  mortal.kill();
  return run;
}

test("what was made is taken again in a later run: nothing is sent, and the step says what that saved", async () => {
  const world = createWorld();
  world.rules.jobs.set("d", [{ outputs: [{ type: "value", value: "Words." }] }]);
  const specs = [
    step.upload("photo"),
    step.generate("a", "photo"),
    step.edit("b", "remote", "a"),
    step.edit("c", "local", "b"),
    step.write("d"),
    step.save("e", "c", "d"),
  ];
  const first = await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(3);
  const again = await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(3);
  expect(world.seen.renders).toHaveLength(1);
  expect(world.seen.uploads).toHaveLength(1);
  for (const name of ["a", "b", "c", "d"]) {
    expect(stepOf(again, name).status).toEqual({ kind: "succeeded", cached: true });
    expect(takeOf(again, name)).toBe(takeOf(first, name));
    expect(stepOf(again, name).outputs).toEqual(stepOf(first, name).outputs);
  }
  expect(stepOf(again, "a")).toMatchObject({ savedMicrodollars: 4000 });
  expect(stepOf(again, "a").estimateMicrodollars).toBeUndefined();
  expect(stepOf(again, "a").spentMicrodollars).toBeUndefined();
  // What is made here costs nothing, so it saves nothing.
  expect(stepOf(again, "c").savedMicrodollars).toBeUndefined();
  expect(stepOf(again, "e").status).toEqual({ kind: "succeeded", cached: false });
  expect(world.seen.saved).toHaveLength(2);
});

test("a change makes anew what it reaches, and nothing else", async () => {
  const world = createWorld();
  const graph = (words: string) => [
    step.generate("a"),
    asType("b", { ...step.generate(words), name: "b" }),
    step.edit("c", "remote", "a"),
    step.edit("d", "remote", "b"),
    asType("e", { ...step.generate("both", "c", "d"), name: "e" }),
    step.video("f", "a"),
  ];
  await runOf(world, graph("a cat"));
  expect(world.seen.creates).toHaveLength(6);
  const changed = await runOf(world, graph("a dog"));
  expect(world.seen.creates.slice(6).map(({ request }) => request.kind)).toEqual([
    "inference",
    "editor",
    "inference",
  ]);
  const cached = [...changed.state().steps.values()].filter(
    ({ status }) => status.kind === "succeeded" && status.cached,
  );
  expect(cached.map(({ stepId }) => stepId)).toEqual(["a", "c", "f"]);
  // Changed back, everything is there.
  await runOf(world, graph("a cat"));
  expect(world.seen.creates).toHaveLength(9);
});

test("equal nodes get different takes, the same ones in every later run, wherever they stand", async () => {
  const world = createWorld();
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
  const specs = equals(names);
  const first = await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(20);
  const taken = names.map((name) => takeOf(first, name));
  expect(new Set(taken).size).toBe(20);
  expect([...world.takes.values()].map(({ number }) => number).sort((a, b) => a - b)).toEqual(
    names.map((_, index) => index + 1),
  );
  const backwards = await runOf(world, specs.toReversed());
  expect(names.map((name) => takeOf(backwards, name))).toEqual(taken);
  // One alone keeps its own, and so does each beside a new one that stands first.
  const alone = await runOf(world, specs.slice(7, 8));
  expect(takeOf(alone, "n7")).toBe(taken[7]);
  const [newcomer = step.generate("none")] = equals(["newcomer"]);
  const more = await runOf(world, [newcomer, ...specs]);
  expect(names.map((name) => takeOf(more, name))).toEqual(taken);
  expect(world.seen.creates).toHaveLength(21);
  // Other nodes, equal to these: a copy of the graph.
  const copy = await runOf(world, equals(names.map((name) => `copy-${name}`)));
  expect(new Set(names.map((name) => takeOf(copy, `copy-${name}`))).size).toBe(20);
  expect(world.seen.creates).toHaveLength(21);
});

test("what follows equal nodes is found again although their results are alike", async () => {
  const world = createWorld();
  const same = { outputs: [{ type: "media" as const, media: remoteMedia("one-and-the-same") }] };
  world.rules.jobs.set("same", [same]);
  const specs = [
    ...equals(["a", "b"]),
    asType("next", { ...step.generate("next", "a"), name: "c" }),
    asType("next", { ...step.generate("next", "b"), name: "d" }),
  ];
  const first = await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(4);
  const again = await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(4);
  for (const name of ["a", "b", "c", "d"]) expect(takeOf(again, name)).toBe(takeOf(first, name));
});

test("to try again what has succeeded is to want another result; that one flows on from then on", async () => {
  const world = createWorld();
  const specs = [step.generate("a"), step.edit("b", "local", "a")];
  const mortal = world.process();
  const run = world.startIn(mortal, specs);
  await world.settle();
  const before = mediaIdOf(run, "a");
  world.queue.pause();
  expect(run.retry(id("a"))).toEqual({ ok: true });
  await world.clock.advance(100);
  // A person's word outlives the process.
  mortal.kill();
  world.queue.resume();
  const resumed = world.resume(specs);
  await world.settle();
  expect(world.createsOf("a")).toHaveLength(2);
  expect(mediaIdOf(resumed, "a")).not.toBe(before);
  expect([...world.takes.values()].filter(({ title }) => title === "a").map(({ number }) => number)).toEqual([
    1, 2,
  ]);
  expect(world.replayed()).toEqual(resumed.state());
  const later = await runOf(world, specs);
  expect(mediaIdOf(later, "a")).toBe(mediaIdOf(resumed, "a"));
  // A render that is tried again is rendered again.
  const renders = world.seen.renders.length;
  const live = world.start(specs, { runId: "live" });
  await world.settle();
  expect(world.seen.renders).toHaveLength(renders);
  live.retry(id("b"));
  await world.settle();
  expect(world.seen.renders).toHaveLength(renders + 1);
});

test("everything fresh makes everything anew but what is locked; a node may refuse earlier results for itself", async () => {
  const world = createWorld();
  const specs = [
    step.generate("a"),
    { ...step.generate("b"), reuse: "locked" as const },
    step.edit("c", "local", "a"),
  ];
  const first = await runOf(world, specs);
  const fresh = await runOf(world, specs, { fresh: true });
  expect(takeOf(fresh, "a")).not.toBe(takeOf(first, "a"));
  expect(takeOf(fresh, "b")).toBe(takeOf(first, "b"));
  expect(world.seen.renders).toHaveLength(2);
  expect(world.seen.creates).toHaveLength(3);
  const never = await runOf(world, [{ ...step.generate("a"), reuse: "never" as const }]);
  expect(stepOf(never, "a").status).toMatchObject({ cached: false });
  expect(world.createsOf("a")).toHaveLength(3);
});

test("a post is never taken from an earlier run, whatever is reused before it", async () => {
  const world = createWorld({ policy: "ask" });
  const specs = [step.generate("a"), step.publish("post", "a")];
  for (const more of [{}, {}, { fresh: true }]) {
    const run = world.start(specs, { runId: `run-${runs++}`, ...more });
    await world.settle();
    expect(kindOf(run, "post")).toBe("waiting-for-approval");
  }
  expect(world.createsOf("Hello")).toEqual([]);
  expect(world.createsOf("a")).toHaveLength(2);
  expect([...world.takes.values()].map(({ nodeId }) => nodeId)).toEqual(["a", "a"]);
});

test("a chosen take flows on while it fits, a locked one whatever changes before it", async () => {
  const world = createWorld();
  const make = (words: string, more: Partial<StepSpec> = {}) => [
    { ...asType("a", { ...step.generate(words), name: "a" }), ...more },
    step.edit("b", "local", "a"),
  ];
  const one = takeOf(await runOf(world, make("cat")), "a");
  const two = takeOf(await runOf(world, make("cat"), { fresh: true }), "a");
  if (!one || !two) throw new Error("No takes.");
  const creates = () => world.seen.creates.length;
  expect(takeOf(await runOf(world, make("cat")), "a")).toBe(two);
  expect(takeOf(await runOf(world, make("cat", { take: one })), "a")).toBe(one);
  expect(creates()).toBe(2);
  // It was made of other words, so it no longer stands for this node, unless that is locked to it.
  const locked = await runOf(world, make("dog", { take: one, reuse: "locked" }));
  expect(takeOf(locked, "a")).toBe(one);
  expect(creates()).toBe(2);
  const changed = await runOf(world, make("dog", { take: one }));
  expect([one, two]).not.toContain(takeOf(changed, "a"));
  expect(creates()).toBe(3);
  // One that this machine lacks is as if nobody had chosen.
  expect(takeOf(await runOf(world, make("cat", { take: "elsewhere" })), "a")).toBe(one);
});

test("of variations the chosen one flows on, and the others keep what is left", async () => {
  const world = createWorld();
  const specs = (take?: string) => {
    const [a, b, c] = equals(["a", "a/#/2", "a/#/3"]);
    if (!a || !b || !c) throw new Error("Three.");
    return [{ ...a, ...(take ? { take } : {}) }, b, c, step.edit("next", "local", "a")];
  };
  const first = await runOf(world, specs());
  const names = ["a", "a/#/2", "a/#/3"];
  const taken = names.map((name) => takeOf(first, name) ?? "");
  expect(new Set(taken).size).toBe(3);
  const chosen = await runOf(world, specs(taken[1]));
  expect(takeOf(chosen, "a")).toBe(taken[1]);
  expect(new Set(names.map((name) => takeOf(chosen, name)))).toEqual(new Set(taken));
  expect(world.seen.creates).toHaveLength(3);
  expect(mediaIdOf(chosen, "a")).toBe(mediaIdOf(first, "a/#/2"));
  expect(world.seen.renders).toHaveLength(2);
});

test("two runs that want the same at once make it once, and one for each of equal nodes", async () => {
  const world = createWorld();
  const specs = [...equals(["a", "b"]), step.edit("c", "remote", "a")];
  const one = world.startIn(world.process(), specs, { runId: "one" });
  await world.clock.advance(500);
  const two = world.startIn(world.process(), specs, { runId: "two" });
  await world.settle();
  expect([kinds(one), kinds(two)]).toEqual([
    { a: "succeeded", b: "succeeded", c: "succeeded" },
    { a: "succeeded", b: "succeeded", c: "succeeded" },
  ]);
  expect(world.seen.creates).toHaveLength(3);
  for (const name of ["a", "b", "c"]) expect(takeOf(two, name)).toBe(takeOf(one, name));
  expect(takeOf(one, "a")).not.toBe(takeOf(one, "b"));
  expect(
    world.seen.signals.some(
      ({ waitingFor }) => said(waitingFor ?? "") === "an equal step, which makes the same",
    ),
  ).toBe(true);
});

test("a step that waited for its slot while its media were fetched finds what another run makes of their bytes", async () => {
  const world = createWorld({ limits: { createsInFlight: 1 } });
  const specs = [step.generate("a"), step.generate("b", "a")];
  // The only slot of this process is taken until long after the other has begun.
  world.rules.creates.set("slow", [{ afterMs: 60_000 }]);
  const one = world.startIn(world.process(), [...specs, step.generate("slow")], { runId: "one" });
  await world.clock.advance(30_000);
  expect([kindOf(one, "a"), kindOf(one, "b")]).toEqual(["succeeded", "running"]);
  expect(stepOf(one, "a").outputs[0]?.value).toMatchObject({ sha256: expect.any(String) });
  const two = world.startIn(world.process(), specs, { runId: "two" });
  await world.settle();
  expect([kinds(one), kinds(two)]).toEqual([
    { a: "succeeded", b: "succeeded", slow: "succeeded" },
    { a: "succeeded", b: "succeeded" },
  ]);
  expect(world.createsOf("b")).toHaveLength(1);
  expect(takeOf(two, "b")).toBe(takeOf(one, "b"));
});

test.each([
  ["one node", ["a"]],
  ["two equal nodes", ["a", "b"]],
])(
  "another process that reserves between any two looks of a run makes nothing of %s twice",
  async (_what, names) => {
    const specs = equals(names);
    const allDone = Object.fromEntries(names.map((name) => [name, "succeeded"]));
    /** The second run begins when the first has asked the library so many times; false where it never did. */
    async function meetAt(turn: number): Promise<boolean> {
      const world = createWorld();
      let two: Run | undefined;
      const begin = (): Promise<void> => {
        const reserved = Promise.withResolvers<void>();
        const { deps } = world.process();
        let numbers = 0;
        const takes: TakeStore = {
          ...deps.takes,
          async reserve(order) {
            const number = await deps.takes.reserve(order);
            if (number !== undefined) numbers++;
            // It has one for each of its steps, or has to wait for the other run itself.
            if (number === undefined || numbers === specs.length) reserved.resolve();
            return number;
          },
          async stateOf(key, number) {
            reserved.resolve();
            return await deps.takes.stateOf(key, number);
          },
        };
        two = world.startIn({ ...world.process(), deps: { ...deps, takes } }, specs, { runId: "two" });
        return reserved.promise;
      };
      const { deps } = world.process();
      let asked = 0;
      const atTurn =
        <Asked extends readonly unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
        async (...order: Asked): Promise<Answer> => {
          if (asked++ === turn) await begin();
          return await ask(...order);
        };
      const { takes } = deps;
      const one = world.startIn(
        {
          ...world.process(),
          deps: {
            ...deps,
            takes: {
              ...takes,
              numbers: atTurn((key, above) => takes.numbers(key, above)),
              stateOf: atTurn((key, number) => takes.stateOf(key, number)),
              lastUsed: atTurn((user, keys) => takes.lastUsed(user, keys)),
              usersOf: atTurn((takeId) => takes.usersOf(takeId)),
              reserve: atTurn((order) => takes.reserve(order)),
            },
          },
        },
        specs,
        { runId: "one" },
      );
      await world.settle();
      expect([turn, kinds(one)]).toEqual([turn, allDone]);
      if (!two) return false;
      expect([turn, kinds(two), world.seen.creates.length]).toEqual([turn, allDone, specs.length]);
      return true;
    }

    let turns = 0;
    while (await meetAt(turns)) turns++;
    expect(turns).toBeGreaterThan(1);
  },
);

test.each([
  ["fails", { jobs: { ends: "failed" as const } }],
  ["is refused", { creates: { outcome: remoteFailure("forbidden", { status: 403 }), afterMs: 1000 } }],
])("when the one that makes it %s, the other goes on by itself", async (_how, rule) => {
  const world = createWorld();
  if ("jobs" in rule) world.rules.jobs.set("a", [rule.jobs, {}]);
  else world.rules.creates.set("a", [rule.creates, {}]);
  const specs = [step.generate("a")];
  const one = world.startIn(world.process(), specs, { runId: "one" });
  await world.clock.advance(300);
  const two = world.startIn(world.process(), specs, { runId: "two" });
  await world.clock.advance(100);
  expect(world.createsOf("a")).toHaveLength(1);
  await world.settle();
  expect(kindOf(one, "a")).not.toBe("succeeded");
  expect(stepOf(two, "a").status).toEqual({ kind: "succeeded", cached: false });
  expect([...world.takes.values()].map(({ number }) => number)).toEqual([2]);
});

test("nobody waits for a process that is gone: its job is looked at by the one that waited, and by the one that goes on", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 20_000 }]);
  const specs = [step.generate("a")];
  const first = world.process();
  world.startIn(first, specs);
  await world.clock.advance(1000);
  const waiting = world.startIn(world.process(), specs, { runId: "other" });
  await world.clock.advance(1000);
  first.kill();
  await world.clock.advance(5000);
  expect(world.eventsOf("job-adopted").map(({ runId }) => runId)).toEqual(["other"]);
  const resumed = world.resume(specs);
  await world.settle();
  expect(world.createsOf("a")).toHaveLength(1);
  expect([kindOf(resumed, "a"), kindOf(waiting, "a")]).toEqual(["succeeded", "succeeded"]);
  expect(takeOf(resumed, "a")).toBe(takeOf(waiting, "a"));
  expect(world.takes.size).toBe(1);
});

test("a job that a later process goes on with is waited for like any other", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ afterMs: 60_000 }]);
  const specs = [step.generate("a")];
  const first = world.process();
  world.startIn(first, specs);
  await world.clock.advance(1000);
  first.kill();
  const resumed = world.resume(specs);
  await world.clock.advance(1000);
  const other = world.startIn(world.process(), specs, { runId: "other" });
  await world.settle();
  expect([kindOf(resumed, "a"), kindOf(other, "a")]).toEqual(["succeeded", "succeeded"]);
  expect(world.createsOf("a")).toHaveLength(1);
  expect(takeOf(other, "a")).toBe(takeOf(resumed, "a"));
});

test.each(["remote", "local"] as const)(
  "equal %s edits in one run share one execution, however they were come by",
  async (via) => {
    const world = createWorld();
    const trim = (name: string) => asType("trim", { ...step.edit(name, via, "photo"), name });
    const run = await runOf(world, [step.upload("photo"), trim("x"), trim("y"), trim("z")]);
    expect(kinds(run)).toMatchObject({ x: "succeeded", y: "succeeded", z: "succeeded" });
    expect(world.seen.creates.length + world.seen.renders.length).toBe(1);
    expect(takeOf(run, "y")).toBe(takeOf(run, "x"));
    // Fresh, they are made again, once.
    await runOf(world, [step.upload("photo"), trim("x"), trim("y")], { fresh: true });
    expect(world.seen.creates.length + world.seen.renders.length).toBe(2);
  },
);

test("whether its input's bytes had arrived when it was sent makes no difference to finding a result again", async () => {
  const world = createWorld();
  world.rules.fetchMs = 60_000;
  const specs = [step.generate("a"), step.generate("b", "a"), step.edit("c", "remote", "b")];
  await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(3);
  expect(
    [...world.takes.values()].every(({ outputs }) =>
      outputs.every(({ value }) => value.type === "media" && value.sha256),
    ),
  ).toBe(true);
  await runOf(world, specs);
  expect(world.seen.creates).toHaveLength(3);
  // Nor whether they ever did.
  const other = createWorld();
  other.rules.fetches = () => remoteFailure("network");
  await runOf(other, specs);
  other.rules.fetches = () => undefined;
  await runOf(other, specs);
  await runOf(other, specs);
  expect(other.seen.creates).toHaveLength(3);
});

test("bytes that are lost are fetched again from the server; where that has them no more, it is said what has to run again", async () => {
  const world = createWorld();
  const specs = [step.generate("a"), step.edit("b", "local", "a")];
  const first = await runOf(world, specs);
  const [a, b] = [stepOf(first, "a"), stepOf(first, "b")].map(({ outputs }) => outputs[0]?.value);
  if (a?.type !== "media" || b?.type !== "media" || !a.sha256 || !b.sha256) throw new Error("No media.");
  // A render can be made again; its input is fetched for that.
  world.rules.lost.add(b.sha256);
  const again = await runOf(world, specs);
  expect(world.seen.renders).toHaveLength(2);
  expect(kinds(again)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(world.seen.creates).toHaveLength(1);

  world.rules.lost.add(a.sha256);
  world.rules.fetches = () => remoteFailure("media_not_found", { status: 404 });
  const other = [step.generate("a"), asType("c", { ...step.edit("b", "local", "a"), name: "c" })];
  const lost = await runOf(world, other);
  expect(failureOf(lost, "c")).toMatchObject({
    code: "media_missing",
    message: expect.stringContaining("“a”"),
    remedy: expect.stringContaining("less than $0.01"),
  });
  expect(world.seen.creates).toHaveLength(1);
});

test("media that the server knows no more are uploaded once more; without their bytes the step says what has to run again", async () => {
  const gone = remoteFailure("media_not_found", { status: 404, mediaGone: true });
  for (const isLost of [false, true]) {
    const world = createWorld();
    await runOf(world, [step.generate("a")]);
    const value = [...world.takes.values()][0]?.outputs[0]?.value;
    if (value?.type !== "media" || !value.sha256) throw new Error("No media.");
    if (isLost) world.rules.lost.add(value.sha256);
    world.rules.fetches = () => remoteFailure("gone", { status: 404 });
    world.rules.creates.set("b", [{ outcome: gone }, {}]);
    const run = await runOf(world, [step.generate("a"), step.generate("b", "a")]);
    expect(world.createsOf("a")).toHaveLength(1);
    if (isLost) expect(failureOf(run, "b")).toMatchObject({ code: "media_missing", cost: "none" });
    else expect(kindOf(run, "b")).toBe("succeeded");
    expect(world.seen.uploads).toHaveLength(isLost ? 0 : 1);
    expect(world.createsOf("b")).toHaveLength(isLost ? 1 : 2);
  }
});

test("a step that is locked to a take of which nothing is left fails and says so", async () => {
  const world = createWorld();
  await runOf(world, [step.upload("photo"), step.edit("a", "local", "photo")]);
  const [take] = world.takes.values();
  const value = take?.outputs[0]?.value;
  if (!take || value?.type !== "media" || !value.sha256) throw new Error("No media.");
  world.rules.lost.add(value.sha256);
  const locked = { ...step.edit("a", "local", "photo"), take: take.takeId, reuse: "locked" as const };
  const run = await runOf(world, [step.upload("photo"), locked]);
  expect(failureOf(run, "a")).toMatchObject({
    code: "take_gone",
    remedy: expect.stringContaining("unlock “a”"),
  });
  expect(world.seen.renders).toHaveLength(1);
});

test("where nobody can say what was made before, nothing is sent", async () => {
  const world = createWorld();
  const run = world.start([step.generate("a"), step.text("b")]);
  const broken = createWorld();
  broken.deps.takes.numbers = () => Promise.reject(new Error("disk I/O error"));
  const other = broken.start([step.generate("a"), step.text("b")]);
  await Promise.all([world.settle(), broken.settle()]);
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded" });
  expect(failureOf(other, "a")).toMatchObject({ code: "takes_unreadable", cost: "none", retryable: true });
  expect(kindOf(other, "b")).toBe("succeeded");
  expect(broken.seen.creates).toEqual([]);
});

// ── Budget ───────────────────────────────────────────────────────────────────────────────────────────────────

test("a run spends no more than its budget by estimates, however many creates are ready at once", async () => {
  const world = createWorld();
  const names = Array.from({ length: 10 }, (_, index) => `g${index}`);
  const specs = names.map((name) => step.generate(name));
  const run = await runOf(world, specs, { budget: { limit: 14_000 } });
  expect(world.seen.creates).toHaveLength(3);
  expect(run.state()).toMatchObject({ spentMicrodollars: 12_000, budgetMicrodollars: 14_000 });
  expect(failureOf(run, "g9")).toMatchObject({
    code: "over-budget",
    message: expect.stringContaining("$0.01"),
    remedy: expect.stringContaining("bound is on estimates"),
  });
  // What is reused costs nothing.
  const again = await runOf(world, specs.slice(0, 5), { budget: { limit: 8_000 } });
  expect(kinds(again)).toMatchObject({ g0: "succeeded", g4: "succeeded" });
  expect(world.seen.creates).toHaveLength(5);
});

test("doubts and jobs that failed count, what was refused does not, a retry counts once more", async () => {
  const world = createWorld();
  world.rules.creates.set("doubt", [{ outcome: "inDoubt" }]);
  world.rules.creates.set("refused", [{ outcome: remoteFailure("forbidden", { status: 403 }) }]);
  world.rules.creates.set("put-off", [
    { outcome: remoteFailure("throttled", { status: 429, retryable: true }) },
    {},
  ]);
  world.rules.jobs.set("failed", [{ ends: "failed" }, {}]);
  const names = ["doubt", "refused", "put-off", "failed"];
  const run = world.start(
    names.map((name) => step.generate(name)),
    { budget: { limit: 16_000 } },
  );
  await world.settle();
  expect(run.state().spentMicrodollars).toBe(12_000);
  run.retry(id("failed"));
  await world.settle();
  expect(kindOf(run, "failed")).toBe("succeeded");
  expect(run.state().spentMicrodollars).toBe(16_000);
  run.retry(id("refused"));
  await world.settle();
  expect(failureOf(run, "refused").code).toBe("over-budget");
  run.settleDoubt(id("doubt"), "resend");
  await world.settle();
  expect(failureOf(run, "doubt").code).toBe("over-budget");
  expect(world.createsOf("doubt")).toHaveLength(1);
});

test("what was spent is known after a restart", async () => {
  const world = createWorld();
  const specs = [step.generate("a"), step.generate("b"), step.generate("c", "a", "b")];
  const budget = { limit: 8_000 };
  const mortal = world.process();
  world.startIn(mortal, specs, { budget });
  await world.clock.advance(1000);
  mortal.kill();
  const run = world.resume(specs, { budget });
  await world.settle();
  expect(kinds(run)).toEqual({ a: "succeeded", b: "succeeded", c: "failed" });
  expect(failureOf(run, "c").code).toBe("over-budget");
  expect(world.seen.creates).toHaveLength(2);
});

test("a job without a price is not made under a budget unless the person says what it counts as", async () => {
  const world = createWorld();
  world.rules.estimate = undefined;
  const specs = [step.generate("a"), step.generate("b")];
  const unknown = await runOf(world, specs, { budget: { limit: 1_000_000 } });
  expect(failureOf(unknown, "a")).toMatchObject({ code: "price-unknown", cost: "none" });
  expect(world.seen.creates).toEqual([]);
  const assumed = await runOf(world, specs, { budget: { limit: 50_000, assumedPrice: 30_000 } });
  expect(world.seen.creates).toHaveLength(1);
  expect(assumed.state().spentMicrodollars).toBe(30_000);
  expect(stepOf(assumed, "a").estimateMicrodollars).toBeUndefined();
  expect(failureOf(assumed, "b").code).toBe("over-budget");
});
