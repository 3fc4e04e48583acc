import { graphJsonSchema } from "../../graph/describe/graph-json-schema.ts";
import { nodeSchemas } from "../../nodes/definitions.ts";
import { printJson } from "../terminal/terminal.ts";

/** `catwalk schema`: the JSON Schema of graph files, for editors and for programs that write graphs. */
export function printSchema(): void {
  printJson(graphJsonSchema(nodeSchemas()), 2);
}
