import type { UploadFile } from "../../src/graph/document/files.ts";
import type { BroughtMedia } from "../../src/studio/contract.ts";

/** Media of the library as the file of an Upload, under the name it is shown by. */
export function uploadFileOf(media: Omit<BroughtMedia, "addedAt">, title: string): UploadFile {
  const { sha256, kind, mimeType, sizeBytes, width, height, durationMs } = media;
  return {
    ...{ name: mediaFileName(title, mimeType), sha256, kind, mimeType, sizeBytes },
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

/** A title with the ending of its kind of file, unless it has one. */
export function mediaFileName(title: string, mimeType: string): string {
  if (/\.[a-z0-9]{2,4}$/i.test(title)) return title;
  const endings: { readonly [type: string]: string } = {
    "image/jpeg": "jpg",
    "audio/mpeg": "mp3",
    "video/quicktime": "mov",
    "audio/x-wav": "wav",
  };
  return `${title}.${endings[mimeType] ?? mimeType.split("/")[1] ?? "bin"}`;
}
