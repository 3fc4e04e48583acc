/** How long a remote job that succeeded took. What the poller learns from. */
type JobDuration = {
  readonly scope: string;
  readonly kind: string;
  /** The model of a generation, the operation of an edit, the platform of a publish, with the params that take time. */
  readonly model: string;
  /** It ended after the look that last found it under way, in milliseconds since its acceptance, … */
  readonly afterMs: number;
  /** … and by the look that found it ended. */
  readonly byMs: number;
  readonly at: number;
};

export type JobDurations = {
  add(duration: JobDuration): Promise<void>;
  /** The last so many of a class, oldest first. */
  recent(
    jobClass: { readonly scope: string; readonly kind: string; readonly model: string },
    limit: number,
  ): Promise<readonly { readonly afterMs: number; readonly byMs: number }[]>;
};
