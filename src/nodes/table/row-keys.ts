import { isBlankText } from "../../base/blank-text.ts";

/** Keys of rows from what stands in one of the columns. */

/** So many values are named. */
const VALUES_TOLD = 5;

export type ColumnKeys =
  | { readonly ok: true; readonly keys: readonly string[] }
  /** Why its values are no keys, to follow the column's name, e.g. `has “a” more than once`. */
  | { readonly ok: false; readonly why: string };

/** @param values of one column, row by row. Each must be there and its own to name its row. */
export function keysFrom(values: readonly string[]): ColumnKeys {
  const counts = new Map<string, number>();
  const keys = values.map((value) => (isBlankText(value) ? "" : value.trim()));
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  if (counts.size === keys.length && !counts.has("")) return { ok: true, keys };
  const double = [...counts].flatMap(([value, times]) => (value !== "" && times > 1 ? [`“${value}”`] : []));
  const more = double.length > VALUES_TOLD ? ` and ${double.length - VALUES_TOLD} others` : "";
  const why = [
    ...(double.length > 0 ? [`has ${double.slice(0, VALUES_TOLD).join(", ")}${more} more than once`] : []),
    ...(counts.has("") ? ["is empty in some rows"] : []),
  ];
  return { ok: false, why: why.join(" and ") };
}
