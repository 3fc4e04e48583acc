/** The kinds of media that servers, ports and the library tell apart. */
export const mediaKinds = ["image", "video", "audio"] as const;

export type MediaKind = (typeof mediaKinds)[number];

export function isMediaKind(value: unknown): value is MediaKind {
  return mediaKinds.some((kind) => kind === value);
}
