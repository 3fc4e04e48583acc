import { money } from "../../base/dollars.ts";
import type { TakeStore } from "../../engine/index.ts";
import type { JobOut, Scope, Take, TakeChange } from "../../engine/record.ts";
import { type Library, libraryFailure, type TakeRow, type TakeRowChange } from "../../library/index.ts";
import { Refused } from "../ground/refused.ts";

export type StudioTakes = {
  ofNode(query: {
    readonly graphId: string;
    readonly nodeId: string;
    readonly limit: number;
  }): Promise<readonly Take[]>;
  get(takeId: string): Promise<Take | undefined>;
  /** @throws Refused `take-paid` unless `evenIfPaid`. */
  remove(request: { readonly takeId: string; readonly evenIfPaid: boolean }): Promise<void>;
};

export function createStudioTakes({ takes }: Library): StudioTakes {
  const get = async (takeId: string) => {
    const row = await takes.get(takeId);
    return row && takeOf(row);
  };
  return {
    ofNode: async (query) => (await takes.ofNode(query)).map(takeOf),
    get,
    async remove({ takeId, evenIfPaid }) {
      const take = await get(takeId);
      if (!take) return;
      if (take.paid && !evenIfPaid) throw paid(take);
      await takes.remove(takeId);
    },
  };
}

/** The engine's view. */
export function takeStore({ takes }: Library): TakeStore {
  return {
    async get(takeId) {
      const row = await takes.get(takeId);
      return row && takeOf(row);
    },
    numbers: (key, above) => takes.numbers(key, above),
    stateOf: (key, number) => takes.stateOf(key, number),
    lastUsed: ({ nodeId, itemPath }, keys) =>
      keys
        ? takes.lastUsed(nodeId, JSON.stringify(itemPath), keys)
        : takes.lastUsedOfAll(nodeId, JSON.stringify(itemPath)),
    usersOf: async (takeId) =>
      (await takes.usersOf(takeId)).map(({ nodeId, itemPath }) => ({
        nodeId,
        itemPath: JSON.parse(itemPath) as string[],
      })),
    reserve: (order) => takes.reserve(order),
    resume: (key, number) => takes.hold(key, number),
    async adopt(key, number) {
      const json = await takes.adopt(key, number);
      return json === undefined ? undefined : (JSON.parse(json) as JobOut); // written by `rowChangeOf` alone
    },
  };
}

function paid({ title, estimateMicrodollars }: Take): Refused {
  const cost =
    estimateMicrodollars === undefined ? "may have cost money" : `cost ${money(estimateMicrodollars)}`;
  return new Refused(
    "take-paid",
    `This take of “${title}” ${cost}, and cannot be made again free of charge.`,
    "Confirm that it is to go for good.",
  );
}

/** A row of the library as the engine and the windows know it. */
function takeOf(row: TakeRow): Take {
  const { itemPath, nodeType: _type, recipeJson, outputsJson, jobJson, paid: isPaid, scope, ...rest } = row;
  const { estimateMicrodollars, ...plain } = rest;
  // Written by `rowOf` alone, in a database whose rows were parsed.
  return {
    ...plain,
    scope: scope as Scope,
    itemPath: parsed(itemPath) as Take["itemPath"],
    recipe: parsed(recipeJson) as Take["recipe"],
    outputs: parsed(outputsJson) as Take["outputs"],
    ...(jobJson === undefined ? {} : { job: parsed(jobJson) as NonNullable<Take["job"]> }),
    paid: isPaid === 1,
    ...(estimateMicrodollars === undefined ? {} : { estimateMicrodollars }),
  };
}

/** A result that is paid for and cannot be read is not made again in silence. @throws LibraryFailure `damaged` */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw libraryFailure("damaged", error);
  }
}

export function rowChangeOf(change: TakeChange): TakeRowChange {
  switch (change.kind) {
    case "made":
      return { kind: "made", row: rowOf(change.take) };
    case "stored": {
      const { kind, takeId, index, value } = change;
      return { kind, takeId, index, valueJson: JSON.stringify(value) };
    }
    case "used":
      return { ...change, itemPath: JSON.stringify(change.itemPath) };
    case "accepted": {
      const { out, ...rest } = change;
      return { ...rest, outJson: JSON.stringify(out) };
    }
    case "sent":
    case "not-sent":
    case "left":
    case "ended":
      return change;
  }
}

function rowOf({ itemPath, recipe, outputs, job, paid: isPaid, ...rest }: Take): TakeRow {
  return {
    ...rest,
    itemPath: JSON.stringify(itemPath),
    nodeType: recipe.type,
    recipeJson: JSON.stringify(recipe),
    outputsJson: JSON.stringify(outputs),
    ...(job ? { jobJson: JSON.stringify(job) } : {}),
    paid: isPaid ? 1 : 0,
  };
}
