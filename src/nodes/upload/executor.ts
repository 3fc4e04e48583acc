import type { Executor } from "../definition/work.ts";
import type { UploadParams } from "./definition.ts";

export const executeUpload: Executor<UploadParams> = ({ file }) =>
  file
    ? { kind: "upload", file, outputPort: "out" }
    : { kind: "impossible", message: "No file is chosen.", remedy: "Choose or drop a file." };
