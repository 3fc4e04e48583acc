import type { MediaKind } from "../../src/base/media-kind.ts";

/** Media that the library has. A `MediaValue` and an `UploadFile` with bytes are both. */
export type StoredMedia = {
  readonly kind: MediaKind;
  readonly sha256: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly name?: string | undefined;
};
