/**
 * Writes the pages that come from code: `npm run docs`. With `--check` it writes nothing, names the pages that are
 * behind and exits 1; `npm run check` asks for that.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { builtInCatalogue } from "../src/nodes/catalogue-data.ts";
import { graphSchemaText, nodesPage } from "../src/nodes/docs.ts";
import { faultsJsonSchema } from "../src/sandbox/faults.ts";
import { openApiText } from "./openapi.ts";

const pages = {
  "docs/graph.schema.json": graphSchemaText(),
  "docs/nodes.md": nodesPage(builtInCatalogue),
  "docs/openapi.json": await openApiText(),
  "examples/faults/schema.json": `${JSON.stringify(faultsJsonSchema(), undefined, 2)}\n`,
};

for (const [name, text] of Object.entries(pages)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (process.argv.includes("--check")) {
    console.error(`${name} is behind the code: run "npm run docs".`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
