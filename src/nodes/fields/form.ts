import { isJsonObject } from "../../base/json-object.ts";
import type { JsonSchema } from "../../graph/describe/json-schema.ts";
import { inOurSpelling } from "./spelling.ts";

/**
 * What a form renderer reads beside plain JSON Schema (`title`, `description`, `default`, `enum`, ranges). Every hint
 * is optional, and a renderer that knows none of them still shows a usable field: the schema alone is enough.
 *
 * - `textarea`: text of several lines.
 * - `file`: an Upload's file: pick or drop.
 * - `account`: a connected account of the platform in `x-platform`.
 * - `model`: a choice among models; the labels are in `x-enumLabels`.
 * - `color`: a hex colour, or one of the named tints where there is an `enum`.
 * - `slider`: a number with `minimum` and `maximum`.
 * - `duration-ms`: milliseconds, shown as a time.
 * - `segmented`: a choice of few, all visible.
 * - `table`: columns and rows, edited in a grid.
 * - `operation`: a choice among edit operations, each with its icon.
 */
export type FieldControl =
  | "textarea"
  | "file"
  | "account"
  | "model"
  | "color"
  | "slider"
  | "duration-ms"
  | "segmented"
  | "table"
  | "operation";

export type FieldHints = {
  readonly "x-control"?: FieldControl;
  /** What a person reads for an `enum` value; values without a label are shown as they are. */
  readonly "x-enumLabels"?: Readonly<Record<string, string>>;
  /** Shown behind a number: `%`, `px`, `×`, `s`. */
  readonly "x-unit"?: string;
  readonly "x-placeholder"?: string;
  /** With `account`: whose accounts. */
  readonly "x-platform"?: string;
  /** The id of the input port whose wire overrides this field; the field is then shown as taken over. */
  readonly "x-port"?: string;
};

/** One param, as plain data. */
export type Field = JsonSchema & FieldHints;

/** A form's object schema from its fields. */
export function objectSchema(
  fields: Readonly<Record<string, Field>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: "object", properties: fields, ...(required.length > 0 ? { required } : {}) };
}

/**
 * Gives the fields of a schema from elsewhere (a server, an edit operation) the hints that can be read off them:
 * colours, milliseconds, sliders, segments, and a title where there is none. Hints already there win.
 */
export function withHints(schema: JsonSchema): JsonSchema {
  const properties = schema["properties"];
  if (!isJsonObject(properties)) return schema;
  const fields = Object.entries(properties).map(([name, field]) => [
    name,
    isJsonObject(field) ? { ...hintsFor(name, field), ...field } : field,
  ]);
  return { ...schema, properties: Object.fromEntries(fields) };
}

/** Choices this few, with labels this short, fit beside each other. */
const SEGMENTS = 4;
const SEGMENT_CHARACTERS = 8;

/** A range this wide has no use for a slider: a seed is a number to note, not a place between two ends. */
const SLIDER_RANGE = 10_000;

function hintsFor(name: string, field: JsonSchema): Field {
  const { type, format, minimum, maximum } = field;
  const [choices, unit] = [field["enum"], field["unit"]];
  const title = titleFromName(name);
  if (format === "color") return { title, "x-control": "color" };
  if (unit === "ms") return { title, "x-control": "duration-ms" };
  const shownUnit = typeof unit === "string" ? { "x-unit": unit } : {};
  if (Array.isArray(choices)) {
    const short = choices.every((choice) => String(choice).length <= SEGMENT_CHARACTERS);
    return {
      title,
      ...shownUnit,
      ...(short && choices.length <= SEGMENTS ? { "x-control": "segmented" } : {}),
    };
  }
  const ranged =
    typeof minimum === "number" && typeof maximum === "number" && maximum - minimum <= SLIDER_RANGE;
  if ((type === "number" || type === "integer") && ranged)
    return { title, ...shownUnit, "x-control": "slider" };
  return { title, ...shownUnit };
}

/** `aspectRatio`, `aspect_ratio` → "Aspect ratio". */
function titleFromName(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .toLowerCase();
  return inOurSpelling(words.charAt(0).toUpperCase() + words.slice(1));
}
