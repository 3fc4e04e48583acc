/** Small values as JSON by name, in spaces that do not meet: the window's own, the studio's. Never a secret. */
export type Settings = {
  get(space: string, name: string): Promise<unknown>;
  all(space: string): Promise<Record<string, unknown>>;
  /** `undefined` removes it. */
  set(space: string, name: string, value: unknown): Promise<void>;
};
