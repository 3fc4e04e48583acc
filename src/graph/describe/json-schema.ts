import { type OutputUnit, Validator } from "@cfworker/json-schema";
import { isJsonObject } from "../../base/json-object.ts";
import type { Said } from "../../words/message.ts";

/** JSON Schema (draft 2020-12) of an object, as `GET /capabilities` speaks it and `z.toJSONSchema` writes it. */
export type JsonSchema = { readonly [key: string]: unknown };

export type SchemaIssue = {
  /** Dotted and relative to the value: `voice.id`; empty for the value itself. */
  readonly path: string;
  /** What a form calls the field: its title, else its path. */
  readonly field: string;
  /** Goes on after the field's name: "must be from 1 to 4". */
  readonly message: Said;
  /** The field is required and not there. */
  readonly missing?: true;
};

const validators = new WeakMap<JsonSchema, Validator>();

/**
 * What of a value a schema does not allow, one issue per field. Works without `eval`. A server's schema that cannot
 * be read (a dangling `$ref`, a broken pattern) finds nothing: the server itself will judge.
 */
export function schemaIssues(schema: JsonSchema, value: unknown): SchemaIssue[] {
  let errors: readonly OutputUnit[];
  try {
    let validator = validators.get(schema);
    if (!validator) {
      // A copy: the validator writes its own marks into the schema it is given.
      validator = new Validator(structuredClone(schema), "2020-12", false);
      validators.set(schema, validator);
    }
    errors = validator.validate(value).errors;
  } catch {
    // Said in the docstring: a schema nobody can read must not keep a person from running.
    return [];
  }
  const issues = new Map<string, SchemaIssue>();
  for (const error of errors) {
    if (wrappers.has(error.keyword)) continue;
    const path = pathOf(error.instanceLocation);
    if (error.keyword === "required") {
      const name = /"([^"]*)"/.exec(error.error)?.[1] ?? "";
      const field = path ? `${path}.${name}` : name;
      issues.set(field, {
        path: field,
        field: titleOf(schema, field),
        message: "is required",
        missing: true,
      });
    } else if (!issues.has(path))
      issues.set(path, { path, field: titleOf(schema, path), message: inWords(schema, path, error) });
  }
  return [...issues.values()];
}

/** Keywords that only repeat that something inside did not fit. */
const wrappers = new Set(["properties", "items", "prefixItems", "$ref", "allOf", "patternProperties"]);

function pathOf(location: string): string {
  return location
    .replace(/^#\/?/, "")
    .split("/")
    .map((part) => decode(part))
    .join(".");
}

function decode(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

function inWords(schema: JsonSchema, path: string, error: OutputUnit): string {
  const field = fieldSchema(schema, path);
  switch (error.keyword) {
    case "enum":
      return Array.isArray(field?.["enum"])
        ? `must be one of ${field["enum"].join(", ")}`
        : "is not one of the choices";
    case "minimum":
    case "maximum": {
      const [min, max] = [field?.["minimum"], field?.["maximum"]];
      if (min !== undefined && max !== undefined) return `must be from ${min} to ${max}`;
      return min === undefined ? `must be at most ${max}` : `must be at least ${min}`;
    }
    case "type":
      return `must be ${typeInWords(field?.["type"])}`;
    case "maxLength":
      return `must have at most ${field?.["maxLength"]} characters`;
    case "minLength":
      if (field?.["minLength"] === 1) return "must not be empty";
      return `must have at least ${field?.["minLength"]} characters`;
    default:
      return error.error.slice(0, 200);
  }
}

function fieldSchema(schema: JsonSchema, path: string): JsonSchema | undefined {
  let current: unknown = schema;
  for (const part of path.split("."))
    current =
      isJsonObject(current) && isJsonObject(current["properties"]) ? current["properties"][part] : undefined;
  return isJsonObject(current) ? current : undefined;
}

function titleOf(schema: JsonSchema, path: string): string {
  const title = fieldSchema(schema, path)?.["title"];
  return typeof title === "string" ? title : path;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "on or off",
  array: "a list",
  object: "a group of fields",
};

function typeInWords(type: unknown): string {
  return typeof type === "string" ? (typeNames[type] ?? type) : "of another type";
}

/** The defaults a schema gives for the fields that a value lacks, at the top level. */
export function withDefaults(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = { ...value };
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  for (const [name, field] of Object.entries(properties))
    if (result[name] === undefined && isJsonObject(field) && field["default"] !== undefined)
      result[name] = field["default"];
  return result;
}
