/** JSON Schema (draft 2020-12) of an object, as `GET /capabilities` speaks it and `z.toJSONSchema` writes it. */
export type JsonSchema = { readonly [key: string]: unknown };
