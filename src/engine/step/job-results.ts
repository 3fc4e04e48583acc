/** What a finished job gave, as values of a step. */
import type { MediaKind } from "../../base/media-kind.ts";
import type { MediaValue } from "../../nodes/definition/work.ts";
import type { JobOutput, RemoteMedia } from "../../wondercat/types.ts";

/** Outputs of the wanted kind; where the server names no kind that fits, all media it gave. */
export function mediaOf(outputs: readonly JobOutput[], wanted: MediaKind): readonly RemoteMedia[] {
  const all = outputs.flatMap((output) => (output.type === "media" ? [output.media] : []));
  const fitting = all.filter((media) => (kindOf(media.mimeType) ?? wanted) === wanted);
  return fitting.length > 0 ? fitting : all;
}

export function mediaValue(remote: Omit<RemoteMedia, "url">, wanted: MediaKind): MediaValue {
  const { mediaId, mimeType, width, height, durationMs } = remote;
  return {
    type: "media",
    kind: kindOf(mimeType) ?? wanted,
    mediaId,
    madeByJob: true,
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

function kindOf(mimeType: string | undefined): MediaKind | undefined {
  const family = mimeType?.split("/")[0];
  return family === "image" || family === "video" || family === "audio" ? family : undefined;
}

/** Where exactly generated text sits is not documented (reference, section 16), so the first string found is it. */
export function firstText(outputs: readonly JobOutput[]): string | undefined {
  const search: unknown[] = outputs
    .flatMap((output) => (output.type === "value" ? [output.value] : []))
    .reverse();
  while (search.length > 0) {
    const value = search.pop();
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null) search.push(...Object.values(value).reverse());
  }
  return undefined;
}
