import { valueAt } from "../../src/base/json-object.ts";
import { editOperations, isEditOperation } from "../../src/editing/operations.ts";
import type { Catalogue } from "../../src/nodes/definition/catalogue.ts";
import { definitionOf, isNodeType } from "../../src/nodes/definitions.ts";
import type { MadeRecipe } from "../../src/studio/contract.ts";
import { type Field, fieldsOf } from "../forms/form.ts";
import { duration } from "../words/words.ts";

/** A recipe as a person reads it. Pure. */

/** The words it was made from: typed into the node, or come in by a wire. */
export function promptOf({ params, inputs }: MadeRecipe): string | undefined {
  const wired = inputs.filter(({ text }) => text !== undefined && text !== "").map(({ text }) => text);
  if (wired.length > 0) return wired.join("\n\n");
  const typed = params["prompt"] ?? params["text"];
  return typeof typed === "string" && typed.trim() !== "" ? typed : undefined;
}

/** "Nano Banana 2", "Crop image"; undefined where nothing of the kind was chosen. */
export function madeWith({ params }: MadeRecipe, catalogue: Catalogue): string | undefined {
  const { model, operation } = params;
  if (typeof model === "string") return catalogue.models.find(({ key }) => key === model)?.label ?? model;
  if (typeof operation === "string")
    return isEditOperation(operation) ? editOperations[operation].label : operation;
  return undefined;
}

type ParamLine = { readonly label: string; readonly value: string };

/** Shown apart from the other params. */
const shownApart = new Set(["prompt", "text", "model", "operation", "family"]);

/** The params that matter, under the names the form gives them. */
export function paramLines({ result, params }: MadeRecipe, catalogue: Catalogue): readonly ParamLine[] {
  if (!isNodeType(result.nodeType)) return [];
  const definition = definitionOf(result.nodeType);
  const parsed = definition.params.safeParse(params);
  if (!parsed.success) return [];
  return definition
    .form(parsed.data, catalogue)
    .flatMap(fieldsOf)
    .filter(({ path }) => !shownApart.has(path))
    .flatMap((field) => {
      const value = wordsOf(field, valueAt(parsed.data, field.path));
      return value === undefined ? [] : [{ label: field.label, value }];
    });
}

function wordsOf(field: Field, value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (field.kind === "duration" && typeof value === "number") return duration(value);
  if ("choices" in field) {
    const choice = field.choices.find((one) => one.value === value);
    if (choice) return choice.label;
  }
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number")
    return `${value.toLocaleString("en")}${"unit" in field && field.unit ? ` ${field.unit}` : ""}`;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String).join(", ");
  return JSON.stringify(value);
}
