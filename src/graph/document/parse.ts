import { brokenJsonBound } from "../../base/json-bounds.ts";
import { isJsonObject, type JsonObject } from "../../base/json-object.ts";
import type { Said } from "../../words/message.ts";
import { locateJsonError } from "./json-text.ts";
import { createMigrator, migrations } from "./migrations.ts";
import { type Graph, graphFormat, graphSchema, graphSchemaId, graphVersion } from "./schema.ts";

/** Opening a file ends in a graph or in one of these. `message` says what is wrong, `remedy` what to do. */
export type OpenFailure = { readonly message: Said; readonly remedy: Said } & (
  | { readonly code: "too-large" }
  | { readonly code: "too-deep" }
  | { readonly code: "broken-json"; readonly line: number; readonly column: number }
  | { readonly code: "not-an-object" }
  /** `looksLike` is the other program, where it is easily seen. */
  | { readonly code: "another-format"; readonly looksLike?: string }
  | { readonly code: "newer-version"; readonly version: number }
  | { readonly code: "invalid"; readonly issues: readonly OpenIssue[] }
  | { readonly code: "duplicate-id"; readonly ids: readonly string[] }
);

/** `path` as a person reads it: `nodes[3].position.x`. */
export type OpenIssue = { readonly path: string; readonly message: Said };

export type OpenResult =
  | {
      readonly ok: true;
      readonly graph: Graph;
      /** The version the file was written in, when it was an older one. */
      readonly migratedFrom?: number;
      /** What was left out on the way in, in words. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly reason: OpenFailure };

/** Bounds of a document. Far above any graph a person makes, low enough that no file can stall a window. */
export const graphLimits = { characters: 32 * 1024 * 1024, depth: 100, values: 4_000_000 } as const;

const ISSUES_SHOWN = 20;

const migrate = createMigrator(migrations, graphVersion);

export function parseGraph(text: string): OpenResult {
  if (text.length > graphLimits.characters) return refuse(tooLarge);
  const broken = brokenJsonBound(text, graphLimits);
  if (broken) return refuse(broken === "depth" ? tooDeep : tooLarge);
  let value: unknown;
  try {
    // Some editors write a byte order mark.
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    // The engine's own words differ between engines and often name no place; ours do.
    const { line, column } = locateJsonError(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    return refuse({
      code: "broken-json",
      line,
      column,
      message: `The file is not valid JSON: it breaks at line ${line}, column ${column}.`,
      remedy: "Mend that place in a text editor, or open an earlier copy.",
    });
  }
  return parseGraphValue(value);
}

/** For a document that is no text any more (a paste, a message). Copies it; the value itself is never kept. */
export function parseGraphValue(value: unknown): OpenResult {
  const dropped = new Set<string>();
  const copied = copyJson(value, dropped);
  if (!copied.ok) return refuse(copied.reason);
  const document = copied.value;
  if (!isJsonObject(document))
    return refuse({
      code: "not-an-object",
      message: `A graph is a JSON object; this is ${Array.isArray(document) ? "a list" : "a single value"}.`,
      remedy: "Open a file that Catwalk saved or exported.",
    });
  if (document["format"] !== graphFormat) return refuse(anotherFormat(document));
  const version = document["version"];
  if (typeof version !== "number" || !Number.isInteger(version) || version < 0)
    return refuse(invalid([{ path: "version", message: "must be a whole number" }]));
  if (version > graphVersion)
    return refuse({
      code: "newer-version",
      version,
      message: `The file was written by a newer Catwalk (format version ${version}, this one reads up to ${graphVersion}).`,
      remedy: "Update Catwalk, then open the file again.",
    });
  const current = migrate(document, version);
  const parsed = graphSchema.safeParse({ $schema: graphSchemaId, ...current });
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({
      path: inWords(issue.path),
      message: issue.message,
    }));
    return refuse(invalid(issues));
  }
  const twice = [...duplicates(parsed.data.nodes), ...duplicates(parsed.data.edges)];
  if (twice.length > 0)
    return refuse({
      code: "duplicate-id",
      ids: twice,
      message: `Several nodes or wires have the same id: ${quoted(twice)}.`,
      remedy: "Give each node and each wire an id of its own in the file.",
    });
  return {
    ok: true,
    graph: parsed.data,
    ...(version < graphVersion ? { migratedFrom: version } : {}),
    warnings: [...dropped].map((key) => `A field named ${key} was left out: it is not safe to keep.`),
  };
}

const refuse = (reason: OpenFailure): OpenResult => ({ ok: false, reason });

export const tooLarge: OpenFailure = {
  code: "too-large",
  message: "The file is too large for a graph.",
  remedy: "Graphs hold no media; remove embedded data from the file.",
};

const tooDeep: OpenFailure = {
  code: "too-deep",
  message: `The file is nested more than ${graphLimits.depth} levels deep.`,
  remedy: "Open a file that Catwalk saved or exported.",
};

function invalid(issues: readonly OpenIssue[]): OpenFailure {
  const first = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return {
    code: "invalid",
    issues: issues.slice(0, ISSUES_SHOWN),
    message: `The file is a Catwalk graph, but not a whole one: ${first?.path || "document"}: ${first?.message ?? "unreadable"}${more}.`,
    remedy: "Mend these places in a text editor, or open an earlier copy.",
  };
}

function inWords(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text && "."}${String(key)}`),
    "",
  );
}

function duplicates(items: readonly { readonly id: string }[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { id } of items) (seen.has(id) ? twice : seen).add(id);
  return [...twice];
}

function quoted(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => `“${id.slice(0, 60)}”`);
  return ids.length > 5 ? `${shown.join(", ")} and ${ids.length - 5} more` : shown.join(", ");
}

function anotherFormat(document: JsonObject): OpenFailure {
  const looksLike = formatOf(document);
  return {
    code: "another-format",
    ...(looksLike ? { looksLike } : {}),
    message: looksLike
      ? `This is not a Catwalk graph; it looks like ${looksLike}.`
      : 'This is not a Catwalk graph: it does not say "format": "catwalk.graph".',
    remedy: "Open a file that Catwalk saved or exported.",
  };
}

/** Which other program's file it is, by marks that only that program writes. */
function formatOf(document: JsonObject): string | undefined {
  const { format, nodes, edges } = document;
  if (typeof format === "string") return `a file of the format “${format.slice(0, 60)}”`;
  const values = Object.values(document).slice(0, 5);
  if (values.length > 0 && values.every((value) => isJsonObject(value) && "class_type" in value))
    return "a ComfyUI workflow (API form)";
  if (!Array.isArray(nodes)) return undefined;
  if ("last_node_id" in document || ("links" in document && "last_link_id" in document))
    return "a ComfyUI workflow";
  const first: unknown = nodes[0];
  if (
    isJsonObject(document["connections"]) &&
    (!isJsonObject(first) || "typeVersion" in first || "parameters" in first)
  )
    return "an n8n workflow";
  if (Array.isArray(edges) && (nodes.length === 0 || (isJsonObject(first) && "position" in first)))
    return "a plain React Flow document";
  return undefined;
}

type Copied =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: OpenFailure };

/** A bounded deep copy of JSON data. Leaves out `__proto__` keys: spreading one elsewhere could set a prototype. */
function copyJson(root: unknown, dropped: Set<string>): Copied {
  let values = 0;
  let trouble: OpenFailure | undefined;
  const copy = (value: unknown, depth: number, path: string): unknown => {
    if (trouble) return null;
    if (++values > graphLimits.values) trouble = tooLarge;
    else if (depth > graphLimits.depth) trouble = tooDeep;
    else if (Array.isArray(value))
      return value.map((item, index) => copy(item, depth + 1, `${path}[${index}]`));
    else if (typeof value === "object" && value !== null) {
      const result: Record<string, unknown> = {};
      for (const [key, child] of Object.entries(value)) {
        if (key === "__proto__") dropped.add(key);
        else if (child !== undefined) result[key] = copy(child, depth + 1, path ? `${path}.${key}` : key);
      }
      return result;
    } else if (typeof value === "number") {
      if (!Number.isFinite(value))
        trouble = invalid([{ path, message: "is not a number that JSON can hold" }]);
      // JSON writes -0 as 0; a document that changed on saving would never look saved.
      return value === 0 ? 0 : value;
    } else if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    else trouble = invalid([{ path, message: `holds a ${typeof value}, which JSON cannot` }]);
    return null;
  };
  const value = copy(root, 0, "");
  return trouble ? { ok: false, reason: trouble } : { ok: true, value };
}
