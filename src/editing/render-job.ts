import { EditFailure } from "./failure.ts";
import type { Size } from "./geometry.ts";
import { type EditOperation, type EditParams, editOperations } from "./operations.ts";
import type { AudioSource, ImageSource, Source, VideoSource } from "./probe.ts";

export type OnProgress = (progress: {
  readonly fraction: number;
  readonly frames?: number | undefined;
}) => void;

export type Job<Operation extends EditOperation> = {
  readonly params: EditParams<Operation>;
  /** By slot. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly text: string;
  readonly workDir: string;
  readonly onProgress: OnProgress;
};

/** A finished file inside the job's folder, and which of the operation's results it is. */
type RenderedPart = { readonly path: string; readonly key?: string };

/** Gives the path of the finished file, or its several files. */
export type Renderer<Operation extends EditOperation> = (
  job: Job<Operation>,
) => Promise<string | readonly RenderedPart[]>;

export type AnyJob = Omit<Job<EditOperation>, "params">;

export function videoIn(job: AnyJob, slot: string): VideoSource {
  const source = job.sources.get(slot);
  if (source?.kind !== "video") throw new EditFailure("invalid-request", `${slot}: A video is needed here.`);
  if (source.width < 2 || source.height < 2)
    throw new EditFailure("invalid-request", `${slot}: The video is too small to render.`);
  return source;
}

export function imageIn(job: AnyJob, slot: string): ImageSource {
  const source = job.sources.get(slot);
  if (source?.kind !== "image") throw new EditFailure("invalid-request", `${slot}: An image is needed here.`);
  return source;
}

export function audioIn(job: AnyJob, slot: string): AudioSource {
  const source = job.sources.get(slot);
  if (source?.kind !== "audio") throw new EditFailure("invalid-request", `${slot}: Audio is needed here.`);
  return source;
}

export const slotsOf = (operation: EditOperation): string[] =>
  editOperations[operation].slots.map(({ id }) => id);

export const sizeOf = ({ facts }: ImageSource): Size => ({
  width: facts.width ?? 1,
  height: facts.height ?? 1,
});
