import { expect, test } from "vitest";
import { fieldsOf } from "../../app/forms/form.ts";
import { editOperationNames } from "../../src/editing/operations.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { definitionOf } from "../../src/nodes/definitions.ts";
import { edit } from "../../src/nodes/edit/definition.ts";
import { inOurSpelling } from "../../src/nodes/fields/spelling.ts";

test("labels made of an API's names are in the spelling of the rest of the window", () => {
  const labels = [
    ...editOperationNames.flatMap((operation) =>
      edit.form({ operation, via: "auto", text: "", params: {} }, builtInCatalogue),
    ),
    ...builtInCatalogue.models.flatMap(({ family, key }) =>
      definitionOf("generate").form({ family, model: key, prompt: "", modelParams: {} }, builtInCatalogue),
    ),
  ]
    .flatMap(fieldsOf)
    .flatMap((field) => [
      field.label,
      ...("choices" in field ? field.choices.map(({ label }) => label) : []),
    ]);
  expect(labels).toContain("Top centre");
  expect(labels.filter((label) => inOurSpelling(label) !== label)).toEqual([]);
});

test("only whole words change, and keep their capital", () => {
  expect(inOurSpelling("Gray center, colors")).toBe("Grey centre, colours");
  expect(inOurSpelling("Colorful")).toBe("Colorful");
});
