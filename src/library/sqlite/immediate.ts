/**
 * A port as SQLite has it, which answers before the call returns: within a transaction nothing else may come between.
 *
 * @param Slow methods that take their time with SQLite, too.
 */
export type Immediate<Port, Slow extends keyof Port = never> = {
  readonly [Name in keyof Port]: Name extends Slow
    ? Port[Name]
    : Port[Name] extends (...args: infer Args) => infer Answer
      ? (...args: Args) => Awaited<Answer>
      : Immediate<Port[Name]>;
};

type Answering<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Answer | Awaited<Answer>
    : Answering<Port[Name]>;
};

/** What is asked takes effect at the call, so in the order of the calls; the answer comes later, failures too. */
export function asynchronous<Port extends object>(table: Answering<Port>): Port {
  const later = Object.entries(table).map(([name, act]) => [
    name,
    typeof act === "function" ? async (...args: unknown[]) => act(...args) : asynchronous(act as object),
  ]);
  // Each method has become what `Port` says of it; types cannot tell that of entries.
  return Object.fromEntries(later) as Port;
}
