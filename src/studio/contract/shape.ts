import { z } from "zod";
import type { Graph } from "../../graph/document/schema.ts";

type Scalar = string | number | boolean | null | undefined;

/** Read-only to the last leaf. A graph stays as it is, since a window edits it. */
type Deep<T> = unknown extends T
  ? T
  : T extends Scalar | Graph
    ? T
    : { readonly [Key in keyof T]: Deep<T[Key]> };

/** The type that a schema of the contract describes. */
export type Shape<Schema extends z.ZodType> = Deep<z.output<Schema>>;

/** A schema as an answer: handlers may give what they hold, for no window changes it in place. */
export function answer<Schema extends z.ZodType>(schema: Schema) {
  // The same schema: only its types become read-only.
  return schema as unknown as z.ZodType<Shape<Schema>, Shape<Schema>>;
}

/** Two types that are not the same as what the compiler then shows: of two unions the members that differ. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2
    ? unknown
    : { readonly schemaHas: Exclude<A, B>; readonly typeHas: Exclude<B, A> };

/**
 * For a type that another room states. The compiler refuses a schema that is not exactly this type.
 *
 * @param id its name in `docs/openapi.json`.
 */
export function exactly<T>(id: string) {
  return <Schema extends z.ZodType>(schema: Schema & Same<Shape<Schema>, Deep<T>>): Schema =>
    schema.meta({ id });
}

/** A string that one room alone makes, such as a step id. */
export function branded<T extends string>() {
  return z.string() as unknown as z.ZodType<T, T>; // the brand is there for the compiler alone
}
