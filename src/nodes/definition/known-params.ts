import { z } from "zod";
import { isJsonObject } from "../../base/json-object.ts";
import { listed } from "../../base/words.ts";
import type { JsonSchema } from "../../graph/describe/json-schema.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import type { Catalogue } from "./catalogue.ts";
import type { InnerParams, NodeDefinition } from "./definition.ts";

/** Which params a node has, by dotted path: its own, and those of the model, operation or platform it names. */

export type ParamPlace =
  /** `schema` is absent where nobody says what stands there. */
  | { readonly kind: "known"; readonly schema?: JsonSchema }
  | {
      readonly kind: "unknown";
      /** A known param that is called nearly so, as dotted path. */
      readonly nearest?: string;
      /**
       * Whatever the server knows: it is no param of a model, operation or platform, or it is called just as another
       * but for capitals, marks and place.
       */
      readonly isSure: boolean;
      /** Every param that could be meant, as dotted paths. */
      readonly known: readonly string[];
    };

/** @param params parsed by the definition: what they name decides which params there are. */
export function paramAt<Params>(
  definition: NodeDefinition<Params>,
  params: Params,
  catalogue: Catalogue,
  path: readonly string[],
): ParamPlace {
  const own = schemaOf(definition);
  const inner = definition.innerParams?.(params, catalogue);
  let schema: JsonSchema | undefined = own;
  for (const [depth, name] of path.entries()) {
    const found: JsonSchema | "open" | "none" =
      inner && depth === 0 && name === inner.path ? inner.schema : fieldOf(schema, name);
    if (found === "none") return unknown(path, own, inner);
    if (found === "open") {
      // Who takes anything, and lists what it knows, still does not mean a slip by it.
      const slip = depth > 0 && depth === path.length - 1 ? unknown(path, own, inner) : undefined;
      return slip?.nearest === undefined ? { kind: "known" } : slip;
    }
    schema = found;
  }
  return { kind: "known", ...(schema === undefined ? {} : { schema }) };
}

/**
 * Params in a document that the node does not have. They are kept and saved back, since another version or server may
 * know them. One that is called nearly as a param of the node is a slip, and what the run pays for would be another
 * thing than is written: that one is an error.
 */
export function unknownParams<Params>(
  definition: NodeDefinition<Params>,
  raw: Readonly<Record<string, unknown>>,
  params: Params,
  catalogue: Catalogue,
): ParamProblem[] {
  const inner = definition.innerParams?.(params, catalogue);
  const nested = inner && raw[inner.path];
  const paths = [
    ...Object.keys(raw).map((name) => [name]),
    ...(inner && isJsonObject(nested) ? Object.keys(nested).map((name) => [inner.path, name]) : []),
  ];
  return paths.flatMap((path): ParamProblem[] => {
    const place = paramAt(definition, params, catalogue, path);
    if (place.kind === "known") return [];
    const { nearest, known } = place;
    // Of what a model or platform takes, a server may know more than the catalogue kept here.
    const isSure = place.isSure || catalogue.source === "server";
    const param = path.join(".");
    return [
      {
        code: "unknown-param",
        ...(nearest !== undefined && isSure ? {} : { severity: "warning" }),
        param,
        message: `There is no param “${param}”.`,
        remedy:
          nearest === undefined
            ? `${knownWords(known)}Correct its name, or delete it. Until then it is kept and has no effect that is known.`
            : `Did you mean “${nearest}”? Correct the name, or delete it.`,
      },
    ];
  });
}

/** So many are named to choose from. */
const NAMES_TOLD = 10;

function knownWords(known: readonly string[]): string {
  if (known.length === 0) return "";
  const more = known.length - NAMES_TOLD;
  const names = more > 0 ? [...known.slice(0, NAMES_TOLD), `${more} more`] : known;
  return `It has ${listed(names)}. `;
}

const schemas = new WeakMap<z.ZodType, JsonSchema>();

function schemaOf<Params>({ params }: NodeDefinition<Params>): JsonSchema {
  const kept = schemas.get(params);
  if (kept) return kept;
  const made = z.toJSONSchema(params, { io: "input" });
  schemas.set(params, made);
  return made;
}

/** `open` where anything may stand there, as far as this schema says. */
function fieldOf(schema: JsonSchema | undefined, name: string): JsonSchema | "open" | "none" {
  if (schema === undefined) return "open";
  const { type, properties, items, additionalProperties } = schema;
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) {
    const field = properties[name];
    return isJsonObject(field) ? field : "open";
  }
  if (isJsonObject(additionalProperties))
    return Object.keys(additionalProperties).length > 0 ? additionalProperties : "open";
  if (additionalProperties === true) return "open";
  if (isJsonObject(items)) return items;
  return (type === "object" && isJsonObject(properties)) || scalars.has(type) ? "none" : "open";
}

const scalars: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean"]);

type Unknown = ParamPlace & { readonly kind: "unknown" };

function unknown(path: readonly string[], own: JsonSchema, inner: InnerParams | undefined): Unknown {
  const known = [
    ...namesIn(own).filter((name) => name !== inner?.path),
    ...(inner ? namesIn(inner.schema).map((name) => `${inner.path}.${name}`) : []),
  ];
  const nearest = nearestOf(path, known);
  const isOwn = path[0] !== inner?.path;
  if (nearest === undefined) return { kind: "unknown", known, isSure: isOwn };
  return {
    kind: "unknown",
    known,
    nearest,
    isSure: isOwn || plain(lastOf(nearest)) === plain(path.at(-1) ?? ""),
  };
}

function namesIn({ properties }: JsonSchema): readonly string[] {
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

/** Of the known ones the one whose last word is the most alike; of equals the one at the same depth. */
function nearestOf(path: readonly string[], known: readonly string[]): string | undefined {
  const name = plain(path.at(-1) ?? "");
  let best: { readonly path: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const parts = candidate.split(".");
    const slips = slipsBetween(name, plain(lastOf(candidate)));
    const distance = slips + (parts.length === path.length ? 0 : 0.5);
    if (slips <= mostSlips(name) && (!best || distance < best.distance)) best = { path: candidate, distance };
  }
  return best?.path;
}

function lastOf(path: string): string {
  return path.split(".").at(-1) ?? "";
}

/** `aspect_ratio` and `aspectratio` are `aspectRatio`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function mostSlips(name: string): number {
  return name.length < 4 ? 0 : name.length < 6 ? 1 : 2;
}

/** Longer names than any param has are alike to none. In characters. */
const LONGEST_NAME = 60;

/** Letters to add, take out, change or swap with their neighbour. */
function slipsBetween(a: string, b: string): number {
  if (a.length > LONGEST_NAME || b.length > LONGEST_NAME) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= a.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + change,
          ...(isSwapped ? [at(row - 2, column - 2) + 1] : []),
        ),
      );
    }
  }
  return at(a.length, b.length);
}
