import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";

/** A file in the library, as params hold it. */
export const uploadFileSchema = z.object({
  name: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hex characters in lower case" }),
  sizeBytes: z.int().nonnegative(),
  path: z.string().optional().meta({ description: "Relative to the graph's folder, and inside it." }),
  kind: z.enum(mediaKinds),
  mimeType: z.string().min(1),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
  durationMs: z.number().nonnegative().optional(),
});
