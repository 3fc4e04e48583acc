import { createStore, type StoreApi, useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import {
  fromSnapshot,
  isUnderWay,
  openFold,
  type RunEvent,
  type RunSignal,
  type RunState,
  type StepState,
} from "../../src/engine/record.ts";
import type { StepId } from "../../src/graph/plan/plan.ts";
import type { RunMessage } from "../../src/studio/contract.ts";
import { itemsOfRun, type RunItems, updateItems } from "./run-items.ts";
import {
  groupByNode,
  type NodeSteps,
  type PickedItem,
  regroup,
  stepOfItem,
  variationsOf,
} from "./run-steps.ts";
import { called, studio } from "./studio.ts";

/** Folds the events of the run on show into what cards show. A card subscribes to its own node id. */
export type RunStoreState = {
  /** The run the canvas shows: the latest of the open graph, or one picked; the one before it until that is here. */
  readonly run: RunState | undefined;
  /** Steps of the run on show by node id; a node's entry changes only when one of its steps does. */
  readonly stepsByNode: ReadonlyMap<string, NodeSteps>;
  /** The run as its items; `undefined` where nothing maps over a table. */
  readonly items: RunItems | undefined;
  /** The item whose results cards show, where their nodes have several; `undefined` shows all as counts. */
  readonly item: PickedItem | undefined;
  /** The latest signal by step id; gone once the step is not waiting or running any more. */
  readonly signals: ReadonlyMap<string, RunSignal>;
  /** The event log on show, oldest first, without gaps, at most `LOG_LIMIT`; older pages are asked of the studio. */
  readonly log: readonly RunEvent[];
  /** Whether the studio's stream is up. */
  readonly connected: boolean;
};

export type RunActions = {
  show(runId: string | undefined): void;
  pick(item: PickedItem | undefined): void;
  /** Asks for the page of the log before the oldest event on show. */
  loadOlder(): Promise<void>;
};

export type RunStore = StoreApi<RunStoreState & RunActions>;

/** How the store reaches the studio. */
export type RunSource = {
  /** The first message after each (re)connection is a snapshot. */
  follow(runId: string, onMessage: (message: RunMessage) => void): () => void;
  /** Events after `afterSeq`, oldest first. Rejects when the line is down. */
  log(runId: string, afterSeq: number, limit: number): Promise<readonly RunEvent[]>;
  onUp(listener: (up: boolean) => void): void;
};

const LOG_PAGE = 200;
const LOG_LIMIT = 2000;

const nothing = {
  run: undefined,
  stepsByNode: new Map<string, NodeSteps>(),
  items: undefined,
  item: undefined,
  signals: new Map<string, RunSignal>(),
  log: [],
};

export function createRunStore(source: RunSource): RunStore {
  return createStore((set, get) => {
    let shown: string | undefined;
    let stop = () => {};

    const follow = (runId: string) => {
      stop();
      stop = source.follow(runId, (message) => {
        if (shown === runId) receive(runId, message);
      });
    };

    const receive = (runId: string, message: RunMessage) => {
      switch (message.type) {
        case "snapshot": {
          const { run } = get();
          // Events only ever add up, so an older snapshot of the same run knows less than we do.
          if (run?.runId === runId && message.snapshot.seq < run.seq) return;
          adopt(fromSnapshot(message.snapshot), []);
          void fillLog(runId);
          return;
        }
        case "events": {
          const { run } = get();
          if (!run) return;
          const fresh = message.events.filter((event) => event.seq > run.seq);
          if (fresh.length === 0) return;
          // A gap: ask for a new snapshot rather than show a state that never was.
          if (fresh[0]?.seq !== run.seq + 1) return follow(runId);
          const fold = openFold(run);
          for (const event of fresh) fold.push(event);
          adopt(fold.state(), fresh);
          return;
        }
        case "signals": {
          const { run, signals: before } = get();
          const signals = new Map(before);
          for (const signal of message.signals) {
            const kind = run?.steps.get(signal.stepId)?.status.kind;
            if (kind && isUnderWay(kind)) signals.set(signal.stepId, signal);
          }
          set({ signals });
          return;
        }
        default:
          message satisfies never;
      }
    };

    const adopt = (run: RunState, events: readonly RunEvent[]) => {
      const now = get();
      const before = now.run?.runId === run.runId ? now : { ...now, ...nothing };
      const last = before.log.at(-1)?.seq;
      const continues = last === undefined || events[0]?.seq === last + 1;
      const goesOn = before.run?.runId === run.runId && events.length > 0 ? before.run : undefined;
      const changed = goesOn ? stepIdsIn(events) : [];
      const stepsByNode = goesOn ? regroup(before.stepsByNode, goesOn, run, changed) : groupByNode(run);
      const items = goesOn
        ? before.items && updateItems(before.items, run, changed)
        : itemsOfRun(run, stepsByNode);
      set({
        run,
        stepsByNode,
        items,
        item: before.item,
        signals: dropEnded(before.signals, run),
        log:
          events.length === 0
            ? before.log
            : (continues ? [...before.log, ...events] : events).slice(-LOG_LIMIT),
      });
    };

    /** After a snapshot the events it stands for are not here: asks for the latest page of them. */
    const fillLog = async (runId: string) => {
      const { run, log } = get();
      const last = log.at(-1)?.seq ?? 0;
      if (!run || last >= run.seq) return;
      const page = await called(source.log(runId, Math.max(last, run.seq - LOG_PAGE), LOG_PAGE));
      // Failing costs only the look back; the stream goes on, and a reconnection fills it again.
      if (!page.ok || shown !== runId) return;
      // Never ahead of the state on show: what is newer comes by the stream.
      const seq = get().run?.seq ?? 0;
      set({
        log: joinLogs(
          page.value.filter((event) => event.seq <= seq),
          get().log,
        ),
      });
    };

    source.onUp((connected) => set({ connected }));

    return {
      ...nothing,
      connected: false,
      pick: (item) => set({ item }),
      show(runId) {
        if (runId === shown) return;
        shown = runId;
        stop();
        // What was on show stays until the first word of the next: cards do not go blank in between.
        if (runId === undefined) set(nothing);
        else follow(runId);
      },
      async loadOlder() {
        const first = get().log[0]?.seq;
        const runId = shown;
        if (runId === undefined || first === undefined || first <= 1) return;
        const afterSeq = Math.max(0, first - 1 - LOG_PAGE);
        const page = await called(source.log(runId, afterSeq, first - 1 - afterSeq));
        if (page.ok && shown === runId)
          set({ log: [...page.value.filter(({ seq }) => seq < first), ...get().log] });
      },
    };
  });
}

/** Two stretches of one log as one, without doubles; where they do not meet, the later one alone. */
export function joinLogs(a: readonly RunEvent[], b: readonly RunEvent[]): readonly RunEvent[] {
  const bySeq = new Map([...a, ...b].map((event) => [event.seq, event]));
  const all = [...bySeq.values()].sort((left, right) => left.seq - right.seq);
  let from = all.length - 1;
  while (from > 0 && all[from - 1]?.seq === (all[from]?.seq ?? 0) - 1) from--;
  return all.slice(Math.max(from, 0)).slice(-LOG_LIMIT);
}

function stepIdsIn(events: readonly RunEvent[]): StepId[] {
  return events.flatMap((event) => ("stepId" in event ? [event.stepId] : []));
}

function dropEnded(signals: ReadonlyMap<string, RunSignal>, run: RunState): ReadonlyMap<string, RunSignal> {
  const live = [...signals].filter(([, { stepId }]) => {
    const kind = run.steps.get(stepId)?.status.kind;
    return kind !== undefined && isUnderWay(kind);
  });
  return live.length === signals.size ? signals : new Map(live);
}

export const runStore: RunStore = createRunStore({
  follow: (runId, onMessage) =>
    studio.follow((signal) => studio.client.runs.watch({ runId }, { signal }), onMessage),
  log: (runId, afterSeq, limit) => studio.client.runs.log({ runId, afterSeq, limit }),
  onUp: (listener) => {
    studio.onUp(listener);
  },
});

/** Whether a node's steps are too many for its card to show one of them unasked. */
export function isMany({ tables, stepIds }: NodeSteps): boolean {
  return tables.length > 0 && stepIds.length > 1;
}

/** The step of a node that its card shows: its only one, or the one of the picked item. */
export function shownStep({ run, stepsByNode, item }: RunStoreState, nodeId: string): StepState | undefined {
  const group = stepsByNode.get(nodeId);
  if (!run || !group) return undefined;
  const [first] = group.stepIds;
  if (first === undefined) return undefined;
  return isMany(group) ? item && stepOfItem(group, item, run.steps) : run.steps.get(first);
}

const noSteps: readonly StepState[] = [];

/** The steps of the item that a node's card shows: one, or its variations beside each other. */
export function useShownSteps(nodeId: string): readonly StepState[] {
  return useStore(
    runStore,
    useShallow((state) => {
      const group = state.stepsByNode.get(nodeId);
      const step = shownStep(state, nodeId);
      if (!state.run || !group || !step) return noSteps;
      return variationsOf(group, step, state.run.steps);
    }),
  );
}

export function useRun<T>(select: (state: RunStoreState & RunActions) => T): T {
  return useStore(runStore, select);
}
