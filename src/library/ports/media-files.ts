export type TakeOptions = {
  /** Default 4 GiB. */
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
  onProgress?(receivedBytes: number): void;
  /** Looks at the bytes before they are in the library; if it fails they never are. */
  accept?(bytes: TakenBytes): Promise<void>;
};

export type TakenBytes = { readonly sha256: string; readonly sizeBytes: number; readonly path: string };

export type MediaFiles = {
  /**
   * Takes bytes in: hashed on the way, written beside, synced, renamed. The same bytes are kept once.
   *
   * @param bytes opened by its first read: see `bytesOf`.
   * @throws LibraryFailure `too-large`, or what the library's disk said; else what reading `bytes` or `accept` threw,
   *   as it was. Nothing is left behind.
   */
  take(bytes: AsyncIterable<Uint8Array>, options?: TakeOptions): Promise<TakenBytes>;
  /**
   * Where the bytes lie. Undefined when they are missing, or no longer those that were taken in; a file is hashed
   * again once per process and whenever it looks changed.
   */
  pathOf(sha256: string): Promise<string | undefined>;
  /** Takes the bytes away, and everything derived from them. */
  remove(sha256: string): Promise<void>;
  /** Whether there is a file of these bytes; nobody looks into it. */
  has(sha256: string): Promise<boolean>;
  /** Where something derived from the bytes may be kept; it can be made again, so nobody misses it. */
  cachePath(kind: "posters" | "waveforms", sha256: string, extension: string): Promise<string>;
};
