/** Ends a switch over a union: a member that is not handled fails to compile, and one that slips in at run time throws. */
export function assertNever(value: never): never {
  throw new Error(`Not handled: ${JSON.stringify(value)}`);
}
