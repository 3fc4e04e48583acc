import { mediaFileName, type UploadFile } from "../../src/graph/document/files.ts";
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
