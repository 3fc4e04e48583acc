/** An object of JSON, read by key; what is behind a key is not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Arrays and `null` are no objects. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object's own value of a key: `toString` and its like, which every object inherits, are none. */
export function ownValue(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The value at a dotted path (`params.scheduledAt`); undefined where there is none. */
export function valueAt(object: JsonObject, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (isJsonObject(value) ? ownValue(value, name) : undefined), object);
}

/**
 * A copy with one value changed; objects on the way are made as needed, all else stays as it is.
 *
 * @param path dotted
 * @param value `undefined` takes the key out.
 */
export function withValueAt(object: JsonObject, path: string, value: unknown): Record<string, unknown> {
  const [name = "", ...rest] = path.split(".");
  const inner = ownValue(object, name);
  const next =
    rest.length === 0 ? value : withValueAt(isJsonObject(inner) ? inner : {}, rest.join("."), value);
  if (next !== undefined) return { ...object, [name]: next };
  const { [name]: _out, ...others } = object;
  return others;
}
