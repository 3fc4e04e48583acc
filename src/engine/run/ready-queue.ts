import type { Clock } from "../../base/clock.ts";

/**
 * Begins steps in the order in which they became ready, with a bound on how many of one node are under way. Without it
 * ten thousand ready items would all begin, only to wait for the same few slots of the server, and jobs would be made
 * faster than the poll budget can look at them. Other nodes are not held up.
 */
export type ReadyQueue<Step> = {
  enqueue(step: Step): void;
  /** Until then nothing begins. */
  open(): void;
  /** Begins what is ready, some hundred steps at a time, so that others get the event loop. */
  drain(): void;
  /** The step takes part in the bound of its node until `ended`. */
  began(step: Step): void;
  ended(step: Step): void;
  /** Forgets all steps. */
  clear(): void;
  readonly isEmpty: boolean;
  /** A next drain is on its way. */
  readonly isDraining: boolean;
};

/** Steps begun in one drain. */
const SLICE = 500;

/** More at once than any server takes creates, few enough to be looked at every half minute. */
const MOST_OF_A_NODE = 250;

export function createReadyQueue<Step>(deps: {
  readonly clock: Clock;
  nodeOf(step: Step): string;
  /** Whether it still is to begin. */
  isReady(step: Step): boolean;
  begin(step: Step): void;
  isStopped(): boolean;
  onDrained(): void;
}): ReadyQueue<Step> {
  type Lane = { underWay: number; waiting: Step[]; taken: number };
  const ready: Step[] = [];
  const lanes = new Map<string, Lane>();
  let isOpen = false;
  let timer: unknown;

  function laneOf(step: Step): Lane {
    const nodeId = deps.nodeOf(step);
    let lane = lanes.get(nodeId);
    if (!lane) {
      lane = { underWay: 0, waiting: [], taken: 0 };
      lanes.set(nodeId, lane);
    }
    return lane;
  }

  /** The next one that waits in the lane, if there is room for it. */
  function letNext(lane: Lane): void {
    if (lane.underWay >= MOST_OF_A_NODE || lane.taken === lane.waiting.length) return;
    const step = lane.waiting[lane.taken++];
    if (lane.taken === lane.waiting.length) {
      lane.waiting = [];
      lane.taken = 0;
    }
    if (step !== undefined) ready.push(step);
  }

  /** A loop, never a recursion: a chain of any length must not grow the stack. */
  function drain(): void {
    if (!isOpen) return;
    let begun = 0;
    let next = 0;
    while (next < ready.length && !deps.isStopped() && begun < SLICE) {
      const step = ready[next++];
      if (step === undefined) continue;
      const lane = laneOf(step);
      if (deps.isReady(step)) {
        if (lane.underWay >= MOST_OF_A_NODE) {
          lane.waiting.push(step);
          continue;
        }
        deps.begin(step);
        begun++;
      }
      letNext(lane);
    }
    ready.splice(0, next);
    if (ready.length > 0 && !deps.isStopped())
      timer ??= deps.clock.setTimeout(() => {
        timer = undefined;
        drain();
      }, 0);
    else deps.onDrained();
  }

  return {
    enqueue: (step) => void ready.push(step),
    open() {
      isOpen = true;
      drain();
    },
    drain,
    began: (step) => void laneOf(step).underWay++,
    ended(step) {
      const lane = laneOf(step);
      lane.underWay--;
      letNext(lane);
    },
    clear() {
      deps.clock.clearTimeout(timer);
      timer = undefined;
      ready.length = 0;
      for (const lane of lanes.values()) {
        lane.waiting = [];
        lane.taken = 0;
      }
    },
    get isEmpty() {
      return ready.length === 0;
    },
    get isDraining() {
      return timer !== undefined;
    },
  };
}
