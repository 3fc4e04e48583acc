/**
 * How many items of one node are under way at once. Ten thousand that are ready together would all be begun, each with
 * what it needs to be cancelled, only to wait for the same few slots of the server; and jobs would be made faster than
 * the budget lets anybody look at them. Other nodes are not held up by that.
 */
export type Lanes<Step> = {
  isFull(nodeId: string): boolean;
  begin(nodeId: string): void;
  end(nodeId: string): void;
  /** Waits for its turn. */
  keep(nodeId: string, step: Step): void;
  /** The one whose turn it is, if there is room for it. */
  next(nodeId: string): Step | undefined;
  /** Nobody waits any more. */
  clear(): void;
};

/** More at once than any server takes creates, few enough to be looked at every half minute. */
const MOST_AT_ONCE = 250;

export function createLanes<Step>(): Lanes<Step> {
  type Lane = { underWay: number; waiting: Step[]; taken: number };
  const lanes = new Map<string, Lane>();

  function laneOf(nodeId: string): Lane {
    let lane = lanes.get(nodeId);
    if (!lane) {
      lane = { underWay: 0, waiting: [], taken: 0 };
      lanes.set(nodeId, lane);
    }
    return lane;
  }

  return {
    isFull: (nodeId) => (lanes.get(nodeId)?.underWay ?? 0) >= MOST_AT_ONCE,
    begin: (nodeId) => void laneOf(nodeId).underWay++,
    end: (nodeId) => void laneOf(nodeId).underWay--,
    keep: (nodeId, step) => void laneOf(nodeId).waiting.push(step),
    next(nodeId) {
      const lane = lanes.get(nodeId);
      if (!lane || lane.underWay >= MOST_AT_ONCE || lane.taken === lane.waiting.length) return undefined;
      const step = lane.waiting[lane.taken++];
      if (lane.taken === lane.waiting.length) {
        lane.waiting = [];
        lane.taken = 0;
      }
      return step;
    },
    clear() {
      for (const lane of lanes.values()) {
        lane.waiting = [];
        lane.taken = 0;
      }
    },
  };
}
