import { isJsonObject, type JsonObject, ownValue } from "../../base/json-object.ts";

/**
 * The difference of two JSON values, as data: it can be stored, turned round, and applied to a value that has changed
 * elsewhere since. Objects are compared by field, lists whose items all have an `id` or a `key` by item, anything
 * else as a whole.
 */
export type Delta =
  /** `undefined` stands for what is not there. */
  | { readonly type: "value"; readonly from?: unknown; readonly to?: unknown }
  | { readonly type: "fields"; readonly fields: Readonly<Record<string, Delta>> }
  | {
      readonly type: "items";
      readonly items: readonly ItemDelta[];
      /** Of the items in both lists, where they stand in another order. */
      readonly order?: { readonly from: readonly string[]; readonly to: readonly string[] };
    };

export type ItemDelta = {
  readonly id: string;
  readonly delta: Delta;
  /** Of an item that comes or goes: the one before it; left out for the first. */
  readonly after?: string;
};

/** A place is one thing: half of it from one hand and half from another is where neither put it. */
const wholes: ReadonlySet<string> = new Set(["position"]);
/** A position is relative to the group, so the two change together or not at all. */
const together = ["parentId", "position"] as const;

/** @returns `undefined` where both are equal. Parts that are the same object cost one comparison. */
export function difference(from: unknown, to: unknown): Delta | undefined {
  if (from === to) return undefined;
  if (isJsonObject(from) && isJsonObject(to)) return differentFields(from, to);
  if (Array.isArray(from) && Array.isArray(to)) {
    if (isKeyed(from) && hasSameIds(from, to)) return changedItems(from, to);
    const before = byId(from);
    const after = before && byId(to);
    if (after) return differentItems(before, after);
  }
  if (isSame(from, to)) return undefined;
  return valueDelta(from, to);
}

/** The same difference the other way round. */
export function inverted(delta: Delta): Delta {
  switch (delta.type) {
    case "value":
      return valueDelta(delta.to, delta.from);
    case "fields":
      return {
        type: "fields",
        fields: Object.fromEntries(Object.entries(delta.fields).map(([key, each]) => [key, inverted(each)])),
      };
    case "items":
      return {
        type: "items",
        items: delta.items.map((item) => ({ ...item, delta: inverted(item.delta) })),
        ...(delta.order ? { order: { from: delta.order.to, to: delta.order.from } } : {}),
      };
    default:
      return delta satisfies never;
  }
}

/**
 * What a value is after a difference. Where it has neither what the difference began with nor what it leads to,
 * somebody else has changed it: it stays as it is, and its place is a conflict.
 *
 * @param conflicts where those places are added, as dotted paths.
 * @returns the same object where nothing changes.
 */
export function applied(delta: Delta, onto: unknown, conflicts: string[], path = ""): unknown {
  switch (delta.type) {
    case "value":
      if (isSame(onto, delta.to)) return onto;
      if (isSame(onto, delta.from)) return delta.to;
      conflicts.push(path);
      return onto;
    case "fields":
      if (isJsonObject(onto)) return withFields(delta.fields, onto, conflicts, path);
      conflicts.push(path);
      return onto;
    case "items": {
      const items = Array.isArray(onto) ? byId(onto) : undefined;
      if (items) return withItems(delta, onto as readonly unknown[], items, conflicts, path);
      conflicts.push(path);
      return onto;
    }
    default:
      return delta satisfies never;
  }
}

/** How many single values a difference holds, long texts counted by their length: what it costs to remember. */
export function weightOf(delta: Delta): number {
  switch (delta.type) {
    case "value":
      return 1 + lengthOf(delta.from) + lengthOf(delta.to);
    case "fields":
      return Object.values(delta.fields).reduce((sum, each) => sum + weightOf(each), 1);
    case "items": {
      const ordered = delta.order ? delta.order.from.length + delta.order.to.length : 0;
      return delta.items.reduce((sum, { delta: each }) => sum + weightOf(each), 1 + ordered);
    }
    default:
      return delta satisfies never;
  }
}

/** A key and a number weigh about as much as this many characters. */
const CHARACTERS_PER_VALUE = 64;

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length / CHARACTERS_PER_VALUE;
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? 8 : 0;
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = keysOf(a);
  return (
    keys.length === keysOf(b).length &&
    keys.every((key) => ownValue(b, key) !== undefined && isSame(a[key], b[key]))
  );
}

function differentFields(from: JsonObject, to: JsonObject): Delta | undefined {
  const fields: Record<string, Delta> = {};
  let any = false;
  for (const key of new Set([...keysOf(from), ...keysOf(to)])) {
    const [before, after] = [ownValue(from, key), ownValue(to, key)];
    const delta = wholes.has(key)
      ? isSame(before, after)
        ? undefined
        : valueDelta(before, after)
      : difference(before, after);
    if (!delta) continue;
    fields[key] = delta;
    any = true;
  }
  return any ? { type: "fields", fields } : undefined;
}

/** Most edits change what an item holds: that costs one comparison for each of the others. */
function changedItems(from: readonly unknown[], to: readonly unknown[]): Delta | undefined {
  keyed.add(to);
  const items = to.flatMap((item, index): ItemDelta[] => {
    if (item === from[index]) return [];
    const delta = difference(from[index], item);
    return delta ? [{ id: idOf(item) ?? "", delta }] : [];
  });
  return items.length > 0 ? { type: "items", items } : undefined;
}

function hasSameIds(a: readonly unknown[], b: readonly unknown[]): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => item === b[index] || (idOf(item) !== undefined && idOf(item) === idOf(b[index])))
  );
}

type Items = ReadonlyMap<string, unknown>;

function differentItems(from: Items, to: Items): Delta | undefined {
  const items: ItemDelta[] = [];
  let last: string | undefined;
  for (const [id, item] of from) {
    if (!to.has(id)) items.push(itemDelta(id, valueDelta(item, undefined), last));
    last = id;
  }
  last = undefined;
  for (const [id, item] of to) {
    const delta = from.has(id) ? difference(from.get(id), item) : valueDelta(undefined, item);
    if (delta) items.push(from.has(id) ? { id, delta } : itemDelta(id, delta, last));
    last = id;
  }
  const before = [...from.keys()].filter((id) => to.has(id));
  const after = [...to.keys()].filter((id) => from.has(id));
  const isOrdered = before.every((id, index) => id === after[index]);
  if (items.length === 0 && isOrdered) return undefined;
  return { type: "items", items, ...(isOrdered ? {} : { order: { from: before, to: after } }) };
}

function withFields(
  fields: Readonly<Record<string, Delta>>,
  onto: JsonObject,
  conflicts: string[],
  path: string,
): JsonObject {
  const place: string[] = [];
  const isPlace = together.every((key) => fields[key] !== undefined);
  if (isPlace)
    for (const key of together)
      if (fields[key]) applied(fields[key], ownValue(onto, key), place, within(path, key));
  conflicts.push(...place);
  let result: Record<string, unknown> | undefined;
  for (const [key, delta] of Object.entries(fields)) {
    if (isPlace && place.length > 0 && together.some((each) => each === key)) continue;
    const held = ownValue(onto, key);
    const value = applied(delta, held, conflicts, within(path, key));
    if (value === held) continue;
    result ??= { ...onto };
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  return result ?? onto;
}

function withItems(
  { items, order }: Delta & { readonly type: "items" },
  onto: readonly unknown[],
  present: Items,
  conflicts: string[],
  path: string,
): readonly unknown[] {
  const next = new Map(present);
  /** What comes in, by the item it stands after. */
  const coming = new Map<string | undefined, [string, unknown][]>();
  let run: [string, unknown][] = [];
  let any = false;
  for (const { id, delta, after } of items) {
    const before = present.get(id);
    const value = applied(delta, before, conflicts, within(path, id));
    if (value === before) continue;
    any = true;
    if (value === undefined) next.delete(id);
    else if (before !== undefined) next.set(id, value);
    else {
      // One after the other in the list they come from stay so.
      if (run.length === 0 || run.at(-1)?.[0] !== after) {
        const known = after === undefined || present.has(after) ? after : lastOf(present);
        run = coming.get(known) ?? [];
        coming.set(known, run);
      }
      run.push([id, value]);
    }
  }
  const ids = [...present.keys()];
  const ordered = order ? inOrder(ids, order, conflicts, path) : ids;
  if (!any && ordered === ids) return onto;
  const result: unknown[] = [];
  const add = (after: string | undefined) => {
    for (const [, item] of coming.get(after) ?? []) result.push(item);
  };
  add(undefined);
  for (const id of ordered) {
    if (next.has(id)) result.push(next.get(id));
    add(id);
  }
  return result;
}

function inOrder(
  ids: readonly string[],
  { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] },
  conflicts: string[],
  path: string,
): readonly string[] {
  const there = new Set(ids);
  const moved = new Set(from);
  const present = ids.filter((id) => moved.has(id));
  const wanted = to.filter((id) => there.has(id));
  if (isSame(present, wanted)) return ids;
  if (
    !isSame(
      present,
      from.filter((id) => there.has(id)),
    )
  ) {
    conflicts.push(path);
    return ids;
  }
  const next = wanted[Symbol.iterator]();
  return ids.map((id) => (moved.has(id) ? (next.next().value ?? id) : id));
}

function itemDelta(id: string, delta: Delta, after: string | undefined): ItemDelta {
  return { id, delta, ...(after === undefined ? {} : { after }) };
}

function valueDelta(from: unknown, to: unknown): Delta {
  return {
    type: "value",
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Lists whose items are known to have ids of their own. */
const keyed = new WeakSet<readonly unknown[]>();

function isKeyed(list: readonly unknown[]): boolean {
  return keyed.has(list) || byId(list) !== undefined;
}

/** An edit is compared with the one before it, so each list is read once. */
const read = new WeakMap<readonly unknown[], Items>();

/** The items by their ids, in order; `undefined` where not each has one of its own. */
function byId(list: readonly unknown[]): Items | undefined {
  const known = read.get(list);
  if (known) return known;
  const items = new Map<string, unknown>();
  for (const item of list) {
    const id = idOf(item);
    if (id === undefined || items.has(id)) return undefined;
    items.set(id, item);
  }
  read.set(list, items);
  return items;
}

function idOf(item: unknown): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const id = item["id"] ?? item["key"];
  return typeof id === "string" ? id : undefined;
}

function lastOf(items: Items): string | undefined {
  return [...items.keys()].at(-1);
}

/** A field that holds `undefined` is one that is not there. */
function keysOf(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

function within(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
