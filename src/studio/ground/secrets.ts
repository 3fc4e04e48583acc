/** Keeps API keys, each for one origin. Electron has the system's key store, other hosts a 0600 file. */
export type SecretStore = {
  /** Where a key lies, in words a person can judge. */
  readonly description: string;
  get(origin: string): Promise<string | undefined>;
  set(origin: string, key: string): Promise<void>;
  clear(origin: string): Promise<void>;
};
