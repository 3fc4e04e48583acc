export type { JsonSchema } from "../../graph/json-schema.ts";
