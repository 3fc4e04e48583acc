import { isJsonObject } from "../../src/base/json-object.ts";
import type { JsonSchema } from "../../src/graph/describe/json-schema.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import type { FormSection } from "../../src/nodes/definition/definition.ts";
import type { FieldHints } from "../../src/nodes/fields/form.ts";
import { inOurSpelling } from "../../src/nodes/fields/spelling.ts";

/** JSON Schema → fields: what each control needs to know, and nothing of the schema behind it. Pure. */

type FieldBase = {
  /** Dotted path under `data.params`. */
  readonly path: string;
  readonly label: string;
  readonly description?: string;
  readonly required: boolean;
  /** What a reset gives back; `undefined` takes the value out. */
  readonly fallback: unknown;
  /** The input port whose wire overrides this field. */
  readonly portId?: string;
};

type NumberBounds = {
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly integer: boolean;
};

export type Choice = { readonly value: string | number | boolean; readonly label: string };

export type Field = FieldBase &
  (
    | { readonly kind: "text" | "textarea"; readonly placeholder?: string; readonly maxLength?: number }
    | ({ readonly kind: "number"; readonly unit?: string } & NumberBounds)
    | ({ readonly kind: "slider"; readonly unit?: string } & NumberBounds & {
          readonly min: number;
          readonly max: number;
        })
    | ({ readonly kind: "duration" } & NumberBounds)
    | { readonly kind: "switch" }
    | { readonly kind: "select" | "segmented" | "model" | "operation"; readonly choices: readonly Choice[] }
    | { readonly kind: "color"; readonly choices: readonly Choice[] }
    | { readonly kind: "file" }
    /** Columns and rows, shown by whoever knows the node: they are two params in one. */
    | { readonly kind: "table" }
    | { readonly kind: "account"; readonly platform: string }
    | { readonly kind: "words"; readonly max?: number }
    | { readonly kind: "nested"; readonly fields: readonly Field[] }
    /** A shape no control knows: its JSON, checked by the validator like any other. */
    | { readonly kind: "json" }
  );

export type FieldKind = Field["kind"];
export type FieldOf<Kind extends FieldKind> = Field & { readonly kind: Kind };

export function fieldsOf({ path, schema }: FormSection): readonly Field[] {
  return objectFields(path, schema, 0);
}

/** The field at a dotted path, in nested fields too. */
export function fieldAt(fields: readonly Field[], path: string): Field | undefined {
  for (const field of fields) {
    if (field.path === path) return field;
    if (field.kind === "nested" && path.startsWith(`${field.path}.`)) return fieldAt(field.fields, path);
  }
  return undefined;
}

/** Deeper than any real params go; a schema that refers to itself ends here, as JSON. */
const DEEPEST = 4;

function objectFields(path: string, schema: JsonSchema, depth: number): readonly Field[] {
  const properties = objectOf(schema["properties"]);
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(properties).flatMap(([name, value]) => {
    const field = plainSchema(objectOf(value));
    if (field["x-hidden"] === true) return [];
    return [fieldOf(path === "" ? name : `${path}.${name}`, name, field, required.includes(name), depth)];
  });
}

function fieldOf(path: string, name: string, schema: JsonSchema, required: boolean, depth: number): Field {
  const hints = schema as FieldHints; // hints are optional and of our own making; a wrong one only loses its effect
  const base: FieldBase = {
    path,
    label: textOf(schema["title"]) ?? name,
    ...defined("description", textOf(schema["description"])),
    required: required && schema["default"] === undefined,
    fallback: schema["default"],
    ...defined("portId", hints["x-port"]),
  };
  const type = schema["type"];
  const choices = choicesOf(schema, hints["x-enumLabels"]);
  const bounds: NumberBounds = {
    ...defined("min", numberOf(schema["minimum"]) ?? numberOf(schema["exclusiveMinimum"])),
    ...defined("max", numberOf(schema["maximum"]) ?? numberOf(schema["exclusiveMaximum"])),
    ...defined("step", numberOf(schema["multipleOf"])),
    integer: type === "integer",
  };
  const unit = defined("unit", hints["x-unit"] ?? textOf(schema["unit"]));

  switch (hints["x-control"]) {
    case "file":
      return { ...base, kind: "file" };
    case "table":
      return { ...base, kind: "table" };
    case "account":
      return { ...base, kind: "account", platform: hints["x-platform"] ?? "" };
    case "model":
      return { ...base, kind: "model", choices };
    case "operation":
      return { ...base, kind: "operation", choices };
    case "color":
      return { ...base, kind: "color", choices };
    case "duration-ms":
      return { ...base, ...bounds, kind: "duration" };
    case "segmented":
      if (choices.length > 0) return { ...base, kind: "segmented", choices };
      break;
    case "slider":
      if (bounds.min !== undefined && bounds.max !== undefined)
        return { ...base, ...bounds, min: bounds.min, max: bounds.max, kind: "slider", ...unit };
      break;
    default:
      break;
  }
  if (choices.length > 0) return { ...base, kind: "select", choices };
  if (type === "boolean") return { ...base, kind: "switch" };
  if (type === "number" || type === "integer") return { ...base, ...bounds, kind: "number", ...unit };
  if (type === "string")
    return {
      ...base,
      kind: hints["x-control"] === "textarea" ? "textarea" : "text",
      ...defined("placeholder", hints["x-placeholder"]),
      ...defined("maxLength", numberOf(schema["maxLength"])),
    };
  if (type === "array" && objectOf(schema["items"])["type"] === "string")
    return { ...base, kind: "words", ...defined("max", numberOf(schema["maxItems"])) };
  if (type === "object" && Object.keys(objectOf(schema["properties"])).length > 0 && depth < DEEPEST)
    return { ...base, kind: "nested", fields: objectFields(path, schema, depth + 1) };
  return { ...base, kind: "json" };
}

/** Takes the wrapping off that says "or null", since an empty control already means "not set". */
function plainSchema(schema: JsonSchema): JsonSchema {
  const { anyOf, oneOf, ...rest } = schema;
  const options = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined;
  if (options) {
    const real = options.map(objectOf).filter((option) => option["type"] !== "null");
    if (real.length === 1) return { ...real[0], ...rest };
    if (real.every((option) => "const" in option))
      return {
        ...rest,
        enum: real.map((option) => option["const"]),
        "x-enumLabels": Object.fromEntries(
          real.map((option) => [String(option["const"]), textOf(option["title"]) ?? String(option["const"])]),
        ),
      };
    return schema;
  }
  if (Array.isArray(schema["type"])) {
    const types = schema["type"].filter((type) => type !== "null");
    if (types.length === 1) return { ...schema, type: types[0] };
  }
  return schema;
}

/** "top-center" reads as "Top centre"; what is no plain word (16:9, IMAGE, nano-banana-2) stays as it is. */
function plainLabel(value: string | number | boolean): string {
  const text = String(value);
  return /^[a-z]+(-[a-z]+)*$/.test(text)
    ? inOurSpelling(text.charAt(0).toUpperCase() + text.slice(1).replaceAll("-", " "))
    : text;
}

function choicesOf(schema: JsonSchema, labels: FieldHints["x-enumLabels"]): readonly Choice[] {
  const values = schema["enum"];
  if (!Array.isArray(values)) return [];
  return values.flatMap((value) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [{ value, label: labels?.[String(value)] ?? plainLabel(value) }]
      : [],
  );
}

// ── Problems ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Problems of one field: of its own path and, for a whole object such as a file, of what lies under it. */
export function problemsAt(problems: readonly Problem[], nodeId: string, path: string): readonly Problem[] {
  return problems.filter(
    ({ nodeId: of, param }) => of === nodeId && (param === path || param?.startsWith(`${path}.`)),
  );
}

// ── Small readers of unknown JSON ──────────────────────────────────────────────────────────────────────────────

function objectOf(value: unknown): JsonSchema {
  return isJsonObject(value) ? value : {};
}

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);
const numberOf = (value: unknown) => (typeof value === "number" ? value : undefined);

/** A property only where it has a value, as exact optional properties want it. */
function defined<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: Value });
}
