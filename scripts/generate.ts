/** Writes the pages that come from code: `npm run docs`. A test holds them to be current. */
import { mkdirSync, writeFileSync } from "node:fs";
import { builtInCatalogue } from "../src/nodes/catalogue-data.ts";
import { graphSchemaText, nodesPage } from "../src/nodes/docs.ts";
import { faultsJsonSchema } from "../src/sandbox/faults.ts";
import { openApiText } from "./openapi.ts";

const docs = new URL("../docs/", import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL("graph.schema.json", docs), graphSchemaText());
writeFileSync(new URL("nodes.md", docs), nodesPage(builtInCatalogue));
writeFileSync(new URL("openapi.json", docs), await openApiText());
const faults = new URL("../examples/faults/schema.json", import.meta.url);
writeFileSync(faults, `${JSON.stringify(faultsJsonSchema(), undefined, 2)}\n`);
