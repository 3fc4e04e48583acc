import type { TakeStore } from "../../src/engine/index.ts";
import type { JobOut, Take, TakeChange } from "../../src/engine/record.ts";

type Given = {
  readonly key: string;
  readonly number: number;
  readonly runId: string;
  readonly stepId: string;
  owner: Owner;
  open: boolean;
  sent: boolean;
  out: JobOut | undefined;
};
/** A process, as long as it lives. */
type Owner = { readonly isDead: boolean };

/** The library's takes in memory: what several processes on one data folder know of each other. */
export function createTakeMemory() {
  const takes = new Map<string, Take>();
  const given: Given[] = [];
  let uses: { readonly takeId: string; readonly nodeId: string; readonly path: string }[] = [];

  const pathOf = (itemPath: readonly string[]) => itemPath.join("/");
  const stateOf = (one: Given) => {
    for (const take of takes.values())
      if (take.key === one.key && take.number === one.number) return "made" as const;
    if (one.open && !one.owner.isDead) return "open" as const;
    if (one.out) return "out" as const;
    return one.sent ? ("doubt" as const) : ("over" as const);
  };
  const ofKey = (key: string, above: number) =>
    given
      .filter((one) => one.key === key && one.number > above)
      .map((one) => ({ ...one, state: stateOf(one) }));
  const set = (key: string, number: number, change: Partial<Pick<Given, "open" | "sent" | "out">>) => {
    for (const one of given) if (one.key === key && one.number === number) Object.assign(one, change);
  };
  const close = (key: string, number: number) =>
    set(key, number, { open: false, sent: false, out: undefined });
  const use = (takeId: string, nodeId: string, itemPath: readonly string[]) => {
    const path = pathOf(itemPath);
    uses = uses.filter((one) => one.takeId !== takeId || one.nodeId !== nodeId || one.path !== path);
    uses.push({ takeId, nodeId, path });
  };

  return {
    takes,
    /** What the journal writes in the transaction of its events. */
    apply(changes: readonly TakeChange[]): void {
      for (const change of changes) {
        if (change.kind === "made") {
          const { take } = change;
          takes.set(take.takeId, take);
          close(take.key, take.number);
          use(take.takeId, take.nodeId, take.itemPath);
        } else if (change.kind === "used") {
          if (takes.has(change.takeId)) use(change.takeId, change.nodeId, change.itemPath);
        } else if (change.kind === "ended") close(change.key, change.number);
        else if (change.kind === "left") set(change.key, change.number, { open: false });
        else if (change.kind === "accepted") set(change.key, change.number, { sent: false, out: change.out });
        else if (change.kind !== "stored") set(change.key, change.number, { sent: change.kind === "sent" });
        else {
          const take = takes.get(change.takeId);
          if (!take) continue;
          const outputs = take.outputs.map((output, index) =>
            index === change.index ? { ...output, value: change.value } : output,
          );
          takes.set(take.takeId, { ...take, outputs });
        }
      }
    },
    storeFor(owner: Owner): TakeStore {
      return {
        get: async (takeId) => takes.get(takeId),
        numbers: async (key, above) => ofKey(key, above),
        stateOf: async (key, number) =>
          ofKey(key, number - 1).find((one) => one.number === number)?.state ?? "over",
        async lastUsed({ nodeId, itemPath }, keys) {
          const path = pathOf(itemPath);
          return uses.findLast(
            (one) =>
              one.nodeId === nodeId &&
              one.path === path &&
              (keys === undefined || keys.includes(takes.get(one.takeId)?.key ?? "")),
          )?.takeId;
        },
        usersOf: async (takeId) =>
          uses
            .filter((one) => one.takeId === takeId)
            .map(({ nodeId, path }) => ({ nodeId, itemPath: path === "" ? [] : path.split("/") })),
        async reserve({ key, runId, stepId, seen, shares }) {
          for (const [under, above] of seen)
            for (const one of ofKey(under, above))
              if (one.state !== "over" && (one.runId !== runId || (shares && one.state !== "doubt")))
                return undefined;
          const number = (ofKey(key, 0).at(-1)?.number ?? 0) + 1;
          given.push({ key, number, runId, stepId, owner, open: true, sent: false, out: undefined });
          return number;
        },
        async resume(key, number) {
          for (const one of given)
            if (one.key === key && one.number === number && stateOf(one) !== "made") {
              one.open = true;
              one.owner = owner;
            }
        },
        async adopt(key, number) {
          const one = given.find((each) => each.key === key && each.number === number);
          if (!one || stateOf(one) !== "out") return undefined;
          one.open = true;
          one.owner = owner;
          return one.out;
        },
      };
    },
  };
}
