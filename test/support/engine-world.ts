import { createHash } from "node:crypto";
import { canonicalJson } from "../../src/base/canonical-json.ts";
import type { MediaKind } from "../../src/base/media-kind.ts";
import type {
  DoubtPolicy,
  EngineDeps,
  EngineLimits,
  LedgerEntry,
  PublishPolicy,
  RunSetup,
  StoredMedia,
} from "../../src/engine/index.ts";
import {
  createQueuePause,
  createTraffic,
  defaultLimits,
  type Run,
  resumeRun,
  startRun,
} from "../../src/engine/index.ts";
import type { JournalExtras } from "../../src/engine/ports/deps.ts";
import type {
  Failure,
  RunEvent,
  RunEventBody,
  RunSignal,
  RunState,
  Scope,
  StepState,
  UnsettledPost,
} from "../../src/engine/record.ts";
import { foldEvents } from "../../src/engine/record.ts";
import type { Plan, PlannedStep, StepId } from "../../src/graph/plan/plan.ts";
import type { MediaValue, StepInputs, StepValue, StepWork } from "../../src/nodes/definition/work.ts";
import type {
  CreateRequest,
  JobOutput,
  JobRef,
  JobView,
  RemoteFailure,
  RemoteMedia,
} from "../../src/wondercat/types.ts";
import { inEnglish, said } from "./in-english.ts";
import { createMortalProcess, type MortalProcess } from "./mortal-process.ts";
import { createTakeMemory } from "./take-memory.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

/** Everything the engine knows of the world, on virtual time, and everything it did to it. */

export const scope = "sandbox:test" as Scope; // the one place of the fixture that makes the brand

export const id = (name: string): StepId => name as StepId; // as above

export function remoteFailure(code: string, more: Partial<RemoteFailure> = {}): RemoteFailure {
  return { code, message: `${code}.`, remedy: "Do something.", retryable: false, cost: "none", ...more };
}

export class RemoteError extends Error {
  readonly failure: RemoteFailure;
  constructor(failure: RemoteFailure) {
    super(said(failure.message));
    this.failure = failure;
  }
}

// ── Plans ────────────────────────────────────────────────────────────────────────────────────────────────────

export type StepSpec = {
  readonly name: string;
  /** Steps of one type with the same inputs are equal nodes. Default: its name, so that none is like another. */
  readonly type?: string;
  readonly reuse?: PlannedStep["reuse"];
  /** The take that a person chose. */
  readonly take?: string;
  /** Steps whose results come in, all by the port `in`. */
  readonly needs?: readonly string[];
  /** Steps that come in, by the same port, as the items of one list; `holes` says what a missing one means. */
  readonly items?: readonly string[];
  readonly holes?: "fail" | "use-rest";
  readonly work: (inputs: readonly StepValue[]) => StepWork;
};

const media = (values: readonly StepValue[]): readonly MediaValue[] =>
  values.filter((value): value is MediaValue => value.type === "media");

const noMedia: StepWork = { kind: "impossible", message: "No media came in.", remedy: "Wire one." };

/** Steps as tests write them down: what they need, and what they have to do with it. */
export const step = {
  text: (name: string, ...needs: string[]): StepSpec => ({
    name,
    needs,
    work: () => ({ kind: "finish", outputs: [{ portId: "out", value: { type: "text", text: name } }] }),
  }),
  impossible: (name: string, ...needs: string[]): StepSpec => ({ name, needs, work: () => noMedia }),
  upload: (name: string): StepSpec => ({
    name,
    work: () => ({
      kind: "upload",
      file: {
        name: `${name}.png`,
        sha256: `sha-${name}`,
        sizeBytes: 1000,
        kind: "image",
        mimeType: "image/png",
      },
      outputPort: "out",
    }),
  }),
  generate: (name: string, ...needs: string[]): StepSpec => generating(name, "image", needs),
  video: (name: string, ...needs: string[]): StepSpec => generating(name, "video", needs),
  write: (name: string, ...needs: string[]): StepSpec => generating(name, "text", needs),
  edit: (name: string, via: "auto" | "remote" | "local", ...needs: string[]): StepSpec => ({
    name,
    needs,
    work: (inputs) => ({
      kind: "edit",
      operation: "trim",
      endpoint: "video",
      inputs: media(inputs).map((each, index) => ({ slot: `video_${index}`, media: each })),
      params: { trimEndMs: 5000 },
      via,
      outputs: [{ port: "out", select: { kind: "media" } }],
    }),
  }),
  publish: (
    name: string,
    need: string,
    caption = "Hello",
    accountId = "account-1",
    params: Readonly<Record<string, unknown>> = {},
  ): StepSpec => ({
    name,
    needs: [need],
    work: (inputs) => {
      const [first] = media(inputs);
      if (!first) return noMedia;
      return {
        kind: "publish",
        platform: "instagram",
        accountId,
        media: first,
        caption,
        params: { product: "IMAGE", ...params },
      };
    },
  }),
  save: (name: string, ...needs: string[]): StepSpec => ({
    name,
    needs,
    work: (inputs) => ({ kind: "save", items: inputs, name }),
  }),
};

function generating(name: string, outputKind: MediaKind | "text", needs: readonly string[]): StepSpec {
  return {
    name,
    needs,
    work: (inputs) => ({
      kind: "generate",
      family: outputKind === "audio" ? "music" : outputKind,
      path: "/made/generate",
      deadlineMs: (outputKind === "video" ? 60 : 15) * 60_000,
      model: "model-1",
      prompt: name,
      params: {},
      attachments: media(inputs),
      outputs: [{ port: "out", select: { kind: outputKind } }],
    }),
  };
}

function planOf(specs: readonly StepSpec[]): Plan {
  return {
    graphId: "graph-1",
    graphName: "A graph",
    steps: specs.map(
      (spec): PlannedStep => ({
        stepId: id(spec.name),
        nodeId: spec.name,
        itemPath: [],
        type: spec.type ?? spec.name,
        title: spec.name,
        ...(spec.reuse ? { reuse: spec.reuse } : {}),
        ...(spec.take === undefined ? {} : { take: spec.take }),
        params: {},
        inputs: [
          ...(spec.needs ?? []).map((need) => ({ portId: "in", fromStep: id(need), fromPort: "out" })),
          ...(spec.items ?? []).map((item) => ({
            ...{ portId: "in", fromStep: id(item), fromPort: "out" },
            hole: spec.holes ?? "fail",
          })),
        ],
        outputs: [{ id: "out", label: "Out", type: "media" }],
      }),
    ),
  };
}

// ── The world ────────────────────────────────────────────────────────────────────────────────────────────────

/** How one create ends, and when. Without a rule it is accepted after 100 ms. */
export type CreateRule = {
  readonly outcome?:
    | "accepted"
    | "inDoubt"
    | "throws"
    | "silent"
    | RemoteFailure
    | { notSent: RemoteFailure };
  readonly afterMs?: number;
};

/** How a job goes. Without a rule it succeeds after 3 s with one output of the wanted kind. */
export type JobRule = {
  readonly ends?: "succeeded" | "failed" | "canceled" | "never";
  readonly afterMs?: number;
  /** What it is called on the way. */
  readonly statuses?: readonly string[];
  readonly outputs?: readonly JobOutput[];
  /** So long after its end the outputs are shown, too. */
  readonly outputsAfterMs?: number;
};

type SentCreate = {
  readonly name: string;
  readonly at: number;
  readonly request: CreateRequest;
  readonly job?: JobRef;
  /** Whether the server may have made something of it. */
  readonly mayBeMade: boolean;
  /** Events that were in the journal when the request left. */
  readonly journaled: number;
};

type Job = {
  readonly ref: JobRef;
  readonly name: string;
  readonly startedAt: number;
  readonly rule: JobRule;
};

export type WorldOptions = {
  readonly policy?: PublishPolicy;
  readonly editing?: "remote" | "local" | "unknown";
  readonly limits?: Partial<EngineLimits>;
  readonly journalNowMs?: number;
};

export type World = ReturnType<typeof createWorld>;

type RunOptions = Partial<Pick<RunSetup, "runId" | "traffic" | "fresh" | "budget" | "toldDoubts">>;

const rowKey = ({ runId, stepId, attempt }: LedgerEntry) =>
  `${runId === "run-1" ? "" : `${runId} `}${stepId}#${attempt}`;

export function createWorld(options: WorldOptions = {}) {
  const clock: VirtualClock = createVirtualClock();
  /** Media of the server whose bytes have arrived, in any process. */
  const fetched = new Set<string>();
  const limits: EngineLimits = { ...defaultLimits, ...options.limits };
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

  // What tests set.
  const rules = {
    /** By step name: one rule per send, the last one for all that follow. */
    creates: new Map<string, readonly CreateRule[]>(),
    /** Of steps that have no rule there. */
    otherCreates: (_name: string): CreateRule | undefined => undefined,
    jobs: new Map<string, readonly JobRule[]>(),
    /** True while looks fail. */
    looks: (_name: string): RemoteFailure | undefined => undefined,
    /** How the connection for a create comes about; it stands at once unless told otherwise. */
    connects: (
      _name: string,
      _turn: number,
    ): { readonly afterMs?: number; readonly failure?: RemoteFailure } => ({}),
    uploads: (_sha256: string, _turn: number): RemoteFailure | undefined => undefined,
    /** Whether all of a file leaves before an upload ends, well or badly. */
    uploadsArrive: true,
    fetches: (_mediaId: string, _turn: number): RemoteFailure | undefined => undefined,
    fetchMs: 50,
    uploadMs: 50,
    renderMs: 2000,
    render: (_operation: string): Error | undefined => undefined,
    saveFails: false,
    /** Hashes whose bytes were deleted behind our back; a fetch brings them back. */
    lost: new Set<string>(),
    /** Rejects the append that holds such an event. */
    journalFails: (_event: RunEvent): boolean => false,
    estimate: 4000 as number | undefined,
  };

  // What the world saw.
  const seen = {
    creates: [] as SentCreate[],
    looks: [] as { readonly name: string; readonly at: number }[],
    uploads: [] as { readonly sha256: string; readonly again: boolean }[],
    renders: [] as { readonly operation: string; readonly paths: readonly string[] }[],
    killedRenders: 0,
    fetches: [] as string[],
    saved: [] as { readonly items: readonly StepValue[]; readonly name: string }[],
    journal: [] as RunEvent[],
    appends: [] as { readonly events: number; readonly durability: "now" | "soon" }[],
    ledger: new Map<string, LedgerEntry>(),
    /** What tests let a setting of this machine approve: graph, node and account. */
    unasked: new Set<string>(),
    events: [] as RunEvent[],
    signals: [] as (RunSignal & { readonly at: number })[],
    createsInFlight: 0,
    mostCreatesInFlight: 0,
  };

  const memory = createTakeMemory();
  const isLost = (sha: string) => sha.includes("gone") || rules.lost.has(sha);
  const jobs = new Map<string, Job>();
  const remembered = new Map<string, string>();
  const holds = new Map<string, () => boolean>();
  const isHeld = (name: string) => holds.get(name)?.() === false;
  const runs: Run[] = [];
  const turns = new Map<string, number>();
  const turn = (key: string) => {
    const count = turns.get(key) ?? 0;
    turns.set(key, count + 1);
    return count;
  };
  const ruleOf = <T extends object>(
    from: Map<string, readonly T[]>,
    name: string,
    kind: string,
  ): T | undefined => {
    const list = from.get(name) ?? [];
    return list[Math.min(turn(`${kind} ${name}`), list.length - 1)];
  };
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const timer = clock.setTimeout(resolve, ms);
      signal?.addEventListener("abort", () => {
        clock.clearTimeout(timer);
        reject(new Error("Aborted."));
      });
    });
  const forever = () => new Promise<never>(() => {});

  /** Tests name a request by its prompt, its caption, or the operation and what it works on. */
  const nameOf = (request: CreateRequest): string => {
    if (request.kind === "inference") return request.body.prompt ?? "";
    if (request.kind === "publish") return request.body.caption ?? "";
    return `${request.body.operation} ${request.body.mediaIds?.join(",")}`;
  };

  const server: EngineDeps["server"] = {
    scope,
    label: "Test server",
    isSandbox: true,
    // Looks at no signal: that nothing is sent after a stop must not hang on the client's good manners.
    async create(request, { mayLeave }) {
      const name = nameOf(request);
      const connection = rules.connects(name, turn(`connect ${name}`));
      await wait(connection.afterMs ?? 0);
      if (connection.failure) return { outcome: "notSent", failure: connection.failure };
      if (!(await mayLeave())) return { outcome: "notSent", failure: remoteFailure("cancelled") };
      const rule = ruleOf(rules.creates, name, "create") ?? rules.otherCreates(name) ?? {};
      const outcome = rule.outcome ?? "accepted";
      const made = outcome === "accepted";
      const mayBeMade = typeof outcome === "string";
      const sent = { name, at: clock.now(), request, mayBeMade, journaled: seen.journal.length };
      const ref: JobRef = { kind: request.kind, id: `job-${jobs.size + 1}` };
      if (made)
        jobs.set(ref.id, {
          ref,
          name,
          startedAt: clock.untouched(),
          rule: ruleOf(rules.jobs, name, "job") ?? {},
        });
      seen.creates.push(made ? { ...sent, job: ref } : sent);
      seen.createsInFlight++;
      seen.mostCreatesInFlight = Math.max(seen.mostCreatesInFlight, seen.createsInFlight);
      try {
        if (outcome === "silent") return await forever();
        await wait(rule.afterMs ?? 100);
        if (outcome === "accepted") return { outcome, job: ref };
        if (outcome === "inDoubt")
          return { outcome, failure: remoteFailure("answer_lost", { cost: "unknown" }) };
        if (outcome === "throws") throw new Error("The client broke.");
        if ("notSent" in outcome) return { outcome: "notSent", failure: outcome.notSent };
        return { outcome: "refused", failure: outcome };
      } finally {
        seen.createsInFlight--;
      }
    },
    async look(ref, { signal }): Promise<JobView> {
      const job = jobs.get(ref.id);
      if (!job) throw new RemoteError(remoteFailure("not_found", { status: 404 }));
      seen.looks.push({ name: job.name, at: clock.now() });
      await wait(20, signal);
      const trouble = rules.looks(job.name);
      if (trouble) throw new RemoteError(trouble);
      const { ends = "succeeded", afterMs = 3000, statuses = ["idle", "in_progress"], outputs } = job.rule;
      const { outputsAfterMs = 0 } = job.rule;
      const elapsed = clock.untouched() - job.startedAt;
      if (ends === "never" || elapsed < afterMs) {
        const place = ends === "never" ? 0 : Math.floor((elapsed / afterMs) * statuses.length);
        return { job: ref, status: statuses[place] ?? "in_progress", outputs: [] };
      }
      return {
        job: ref,
        status: ends,
        ended: ends,
        outputs:
          ends === "succeeded" && elapsed >= afterMs + outputsAfterMs
            ? (outputs ?? [defaultOutput(ref)])
            : [],
        ...(ends === "failed" ? { errorMessage: "It went wrong." } : {}),
        ...(ref.kind === "publish" && ends === "succeeded"
          ? { permalink: `https://example.test/${ref.id}` }
          : {}),
      };
    },
    async upload(file, { signal, again, onProgress }) {
      const known = again ? undefined : remembered.get(file.sha256);
      if (known) return { mediaId: known, remembered: true };
      seen.uploads.push({ sha256: file.sha256, again: again === true });
      onProgress(0, 1000);
      await wait(rules.uploadMs, signal);
      if (rules.uploadsArrive) onProgress(1000, 1000);
      const failure = rules.uploads(file.sha256, turn(`upload ${file.sha256}`));
      if (failure) throw new RemoteError(failure);
      const mediaId = `media-of-${file.sha256}${again ? "-again" : ""}`;
      remembered.set(file.sha256, mediaId);
      return { mediaId, remembered: false };
    },
    estimate: async () => rules.estimate,
    accountName: () => "Test account",
  };

  const defaultOutput = (ref: JobRef): JobOutput => ({ type: "media", media: remoteMedia(ref.id) });

  const queue = createQueuePause("the queue, which is paused");
  const deps: EngineDeps = {
    clock,
    pause: queue,
    random: () => 0.5,
    sha256,
    server,
    media: {
      async fetch(remote, { signal, promised: [kind = "image"] }): Promise<StoredMedia> {
        seen.fetches.push(remote.mediaId);
        await wait(rules.fetchMs, signal);
        const failure = rules.fetches(remote.mediaId, turn(`fetch ${remote.mediaId}`));
        if (failure) throw new RemoteError(failure);
        rules.lost.delete(`sha-of-${remote.mediaId}`);
        fetched.add(remote.mediaId);
        return { type: "media", kind, sha256: `sha-of-${remote.mediaId}`, sizeBytes: 10 };
      },
      async adopt(path, { madeFrom }) {
        return { type: "media", kind: "video", sha256: `sha-of-${path}-from-${madeFrom.join("+")}` };
      },
      sha256Of: async (_scope, mediaId) => (fetched.has(mediaId) ? `sha-of-${mediaId}` : undefined),
      pathOf: async (sha) => (isLost(sha) ? undefined : `/library/${sha}`),
      has: async (sha) => !isLost(sha),
    },
    editor: {
      async render({ operation, inputs }, { signal, onProgress }) {
        seen.renders.push({ operation, paths: inputs.map((input) => input.path) });
        const failure = rules.render(operation);
        if (failure) throw failure;
        try {
          for (let part = 1; part <= 10; part++) {
            await wait(rules.renderMs / 10, signal);
            onProgress(part / 10, `${part} of 10 frames`);
          }
        } catch (error) {
          seen.killedRenders++;
          throw error;
        }
        return [{ path: `/tmp/render-${seen.renders.length}` }];
      },
    },
    journal: createJournal(),
    ledger: createLedger(),
    mayPostUnasked: async ({ graphId, nodeId, accountId }) =>
      seen.unasked.has(`${graphId} ${nodeId} ${accountId}`),
    takes: memory.storeFor({ isDead: false }),
    saver: {
      async save(items, name) {
        if (rules.saveFails) throw new Error("The folder is read-only.");
        seen.saved.push({ items, name });
        return [];
      },
    },
    editing: (() => {
      let mode = options.editing ?? "remote";
      return {
        current: () => mode,
        learned: (learned) => {
          mode = learned;
        },
      };
    })(),
    publishPolicy: options.policy ?? "sandbox",
    limits,
    onEvents: (events) => {
      seen.events.push(...events);
    },
    onSignal: (signal) => {
      seen.signals.push({ ...signal, at: clock.now() });
    },
  };

  /** A lock ends with its process. */
  function createLedger(isGone = () => false): EngineDeps["ledger"] {
    return {
      async history({ accountId, product, mediaSha256 }) {
        const same = [...seen.ledger.values()].filter(
          (row) => row.accountId === accountId && row.product === product && row.mediaSha256 === mediaSha256,
        );
        const isOpen = ({ state }: LedgerEntry) => ["intended", "in-doubt", "unknown"].includes(state);
        const sent = same.filter((row) =>
          isOpen(row) ? row.settled?.as !== "not-sent" : row.state === "sent" || row.state === "succeeded",
        );
        const held = isHeld(`${accountId} ${product} ${mediaSha256}`);
        const open = same.filter((row) => isOpen(row) && !row.settled && !(held && row.state === "intended"));
        const newest = open.sort((a, b) => b.at - a.at)[0];
        return {
          ...(sent.length > 0 ? { lastSentAt: Math.max(...sent.map(({ at }) => at)) } : {}),
          ...(newest ? { unsettled: unsettledOf(newest) } : {}),
        };
      },
      async lock({ accountId, product, mediaSha256 }, signal) {
        const name = `${accountId} ${product} ${mediaSha256}`;
        // A create that never answers is waited for during days of virtual time: ever more seldom, or it takes hours.
        for (let pauseMs = 10; isHeld(name); pauseMs = Math.min(2 * pauseMs, 60_000))
          await wait(pauseMs, signal);
        holds.set(name, isGone);
        return () => holds.delete(name);
      },
    };
  }

  /** Commits in the order of the calls: `soon` within 50 ms or along with the next `now`. */
  function createJournal(isGone = () => false): EngineDeps["journal"] {
    type Waiting = { events: readonly RunEvent[]; extras: JournalExtras; done: (error?: Error) => void };
    let waiting: Waiting[] = [];
    let timer: unknown;
    let failed: Error | undefined;
    const commit = () => {
      clock.clearTimeout(timer);
      timer = undefined;
      const batch = isGone() ? [] : waiting;
      waiting = [];
      for (const { events, extras, done } of batch) {
        if (events.some(rules.journalFails)) failed ??= new Error("database or disk is full");
        if (failed) {
          done(failed);
          continue;
        }
        seen.journal.push(...events);
        const { ledger, takes } = extras;
        if (ledger) putRow(ledger);
        memory.apply(takes ?? []);
        done();
      }
    };
    return {
      append: (events, durability, extras = {}) =>
        new Promise((resolve, reject) => {
          seen.appends.push({ events: events.length, durability });
          waiting.push({
            events,
            extras,
            done: (error) => (error ? reject(error) : resolve()),
          });
          if (durability === "now" && !options.journalNowMs) commit();
          else {
            if (durability === "now") clock.clearTimeout(timer);
            const ms = durability === "now" ? (options.journalNowMs ?? 0) : 50;
            timer =
              durability === "now" ? clock.setTimeout(commit, ms) : (timer ?? clock.setTimeout(commit, ms));
          }
        }),
    };
  }

  /** As the library does: what a person said outlives what is written by those who do not know. */
  function putRow(row: LedgerEntry): void {
    const name = rowKey(row);
    const settled = row.settled ?? seen.ledger.get(name)?.settled;
    seen.ledger.set(name, settled ? { ...row, settled } : row);
    for (const run of runs) run.recheckPosts(row);
  }

  function setupOf(specs: readonly StepSpec[], more: RunOptions): RunSetup {
    const byName = new Map(specs.map((spec) => [spec.type ?? spec.name, spec]));
    return {
      ...more,
      runId: more.runId ?? "run-1",
      plan: planOf(specs),
      workOf: (type: string, _params: unknown, inputs: StepInputs): StepWork => {
        const spec = byName.get(type);
        if (!spec) throw new Error(`No step ${type}.`);
        return spec.work(inputs["in"] ?? []);
      },
    };
  }

  function start(specs: readonly StepSpec[], more: RunOptions = {}): Run {
    const run = startRun(setupOf(specs, more), deps);
    runs.push(run);
    return run;
  }

  /** A process of its own on this world, which dies at a moment or when it is killed. */
  function process(dieAt?: number): MortalProcess {
    const mortal: MortalProcess = createMortalProcess(
      {
        ...deps,
        journal: createJournal(() => mortal.isDead),
        ledger: createLedger(() => mortal.isDead),
        takes: memory.storeFor({
          get isDead() {
            return mortal.isDead;
          },
        }),
      },
      dieAt,
    );
    return mortal;
  }

  function startIn(mortal: MortalProcess, specs: readonly StepSpec[], more: RunOptions = {}): Run {
    return startRun(setupOf(specs, more), mortal.deps);
  }

  /** What a new process does with what the journal and the ledger have. */
  function resume(
    specs: readonly StepSpec[],
    more: RunOptions & { readonly inDoubt?: DoubtPolicy; readonly mortal?: MortalProcess } = {},
  ): Run {
    const { inDoubt = "ask", mortal = process(), ...options } = more;
    const setup = setupOf(specs, options);
    const ofRun = ({ runId }: { readonly runId: string }) => runId === setup.runId;
    const events = seen.journal.filter(ofRun);
    if (events.length === 0) return startIn(mortal, specs, options);
    return resumeRun(setup, { events, posts: [...seen.ledger.values()].filter(ofRun), inDoubt }, mortal.deps);
  }

  return {
    clock,
    rules,
    seen,
    queue,
    takes: memory.takes,
    deps,
    start,
    process,
    startIn,
    resume,
    /** As the engine hashes a request for its intent. */
    digestOf: (request: CreateRequest) => sha256(canonicalJson(request)),
    createTraffic: () => createTraffic(deps),
    /** Runs until nothing more happens. */
    settle: () => clock.runAll(),
    /** What everybody sees, made from the journal alone. */
    replayed: (runId = "run-1"): RunState =>
      foldEvents(
        undefined,
        seen.journal.filter((event) => event.runId === runId),
      ),
    createsOf: (name: string) => seen.creates.filter((create) => create.name === name),
    eventsOf: <Type extends RunEventBody["type"]>(type: Type, stepName?: string) =>
      inEnglish(
        seen.journal.filter(
          (event): event is Extract<RunEvent, { type: Type }> =>
            event.type === type &&
            (stepName === undefined || ("stepId" in event && event.stepId === stepName)),
        ),
      ),
  };
}

function unsettledOf({ runId, stepId, attempt, state, at }: LedgerEntry): UnsettledPost {
  if (state !== "intended" && state !== "in-doubt" && state !== "unknown") throw new Error(`It is ${state}.`);
  return { runId, stepId, attempt, state, at };
}

export function remoteMedia(jobId: string): RemoteMedia {
  return { mediaId: `media-${jobId}`, url: `https://server.test/${jobId}` };
}

export function stepOf(run: Run, name: string): StepState {
  const found = run.state().steps.get(id(name));
  if (!found) throw new Error(`No step ${name}.`);
  return inEnglish(found);
}

export function kindOf(run: Run, name: string): StepState["status"]["kind"] {
  return stepOf(run, name).status.kind;
}

export function kinds(run: Run): Record<string, string> {
  return Object.fromEntries([...run.state().steps.values()].map((each) => [each.stepId, each.status.kind]));
}

export function failureOf(run: Run, name: string): Failure {
  const { status } = stepOf(run, name);
  if (status.kind !== "failed" && status.kind !== "in-doubt") throw new Error(`${name} is ${status.kind}.`);
  return status.failure;
}
