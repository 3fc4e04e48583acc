import type { ParamWords } from "../forms/param-words.ts";

/** The params that are sent with a post, in words. */
export function ParamList(props: {
  readonly params: readonly ParamWords[];
  readonly className: string | undefined;
}) {
  return (
    <dl className={props.className}>
      {props.params.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt> <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
