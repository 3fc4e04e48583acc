/** Media that this machine rendered by itself, with what it was made from. */
export type Render = {
  readonly sha256: string;
  /** When a step last had it as its result. */
  readonly usedAt: number;
  readonly madeFrom: readonly string[];
};

export type RenderTable = {
  /**
   * Renders with a recipe that nothing else hangs on, least recently used first: no paid result was made from them (it
   * would be made anew if they came out a little different), none was posted, no open document or unfinished run
   * names them. Looks through all takes and graphs, a few at a time; none when it is stopped before the end.
   */
  free(isStopped: () => boolean): Promise<readonly Render[]>;
};
