import { graphJsonSchema } from "../../graph/graph-json-schema.ts";
import { nodeSchemas } from "../../nodes/definitions.ts";

/** `catwalk schema`: the JSON Schema of graph files, for editors and for programs that write graphs. */
export function printSchema(): void {
  process.stdout.write(`${JSON.stringify(graphJsonSchema(nodeSchemas()), undefined, 2)}\n`);
}
