import { expect, test } from "vitest";
import { withDefaults } from "../../../src/graph/describe/json-schema.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { catalogueFromCapabilities } from "../../../src/nodes/catalogue-from-capabilities.ts";
import { isGenerateFamily } from "../../../src/nodes/generate/families.ts";
import { models, sandboxFamilies } from "../../../src/sandbox/models.ts";
import { openSandbox, sandboxKey } from "../../support/sandbox.ts";
import { plainClient } from "./plainClient.ts";

test("the sandbox's models have the names, slots and defaults of the built-in catalogue", async () => {
  await using sandbox = await openSandbox();
  const { generation } = await plainClient(sandbox.url, sandboxKey()).get("/capabilities");
  expect(generation).toHaveProperty("image.length", 5);
  const catalogue = catalogueFromCapabilities({ generation });
  expect(catalogue.models.length).toBeGreaterThan(10);
  for (const model of catalogue.models) {
    const known = builtInCatalogue.models.find(
      ({ family, key }) => family === model.family && key === model.key,
    );
    expect(model).toMatchObject({
      label: known?.label,
      description: known?.description,
      attachments: known?.attachments,
    });
    expect(withDefaults(model.params, {}), model.key).toMatchObject(withDefaults(known?.params ?? {}, {}));
  }
});

test("each family of the sandbox offers a model, so that each can be tried without money", () => {
  expect(models.every(({ family }) => isGenerateFamily(family))).toBe(true);
  for (const [family, { offers }] of Object.entries(sandboxFamilies))
    expect(Object.keys(offers).length, family).toBeGreaterThan(0);
});
