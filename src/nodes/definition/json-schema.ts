export type { JsonSchema } from "../../graph/describe/json-schema.ts";
