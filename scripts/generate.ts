/** Writes the pages that come from code: `npm run docs`. A test holds them to be current. */
import { mkdirSync, writeFileSync } from "node:fs";
import { builtInCatalogue } from "../src/nodes/catalogue-data.ts";
import { graphSchemaText, nodesPage } from "../src/nodes/docs.ts";

const docs = new URL("../docs/", import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL("graph.schema.json", docs), graphSchemaText());
writeFileSync(new URL("nodes.md", docs), nodesPage(builtInCatalogue));
