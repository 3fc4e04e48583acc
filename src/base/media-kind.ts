/** The kinds of media that servers, ports and the library tell apart. */
export const mediaKinds = ["image", "video", "audio"] as const;

export type MediaKind = (typeof mediaKinds)[number];

export function isMediaKind(value: unknown): value is MediaKind {
  return mediaKinds.some((kind) => kind === value);
}

/** What is known of a piece of media besides its bytes. Pixels and milliseconds. */
export type MediaFacts = {
  readonly kind: MediaKind;
  readonly mimeType?: string;
  readonly sizeBytes?: number;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
};
