import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";
import type { MediaValue, StepOutput } from "../../nodes/definition/work.ts";
import type { JobRef } from "../../wondercat/types.ts";
import { exactly, type Shape } from "./shape.ts";

export const mediaKind = z.enum(mediaKinds);

/** Media of the library, as far as a thumbnail needs to know it. */
export const shownMedia = z.strictObject({ sha256: z.string(), kind: mediaKind });
export type ShownMedia = Shape<typeof shownMedia>;

export const mediaValue = exactly<MediaValue>("MediaValue")(
  z.strictObject({
    type: z.literal("media"),
    kind: mediaKind,
    mimeType: z.string().exactOptional(),
    sizeBytes: z.number().exactOptional(),
    width: z.number().exactOptional(),
    height: z.number().exactOptional(),
    durationMs: z.number().exactOptional(),
    sha256: z.string().exactOptional(),
    mediaId: z.string().exactOptional(),
    madeByJob: z.literal(true).exactOptional(),
  }),
);

export const stepOutput = exactly<StepOutput>("StepOutput")(
  z.strictObject({
    portId: z.string(),
    value: z.discriminatedUnion("type", [
      mediaValue,
      z.strictObject({ type: z.literal("text"), text: z.string() }),
    ]),
  }),
);

export const jobRef = exactly<JobRef>("JobRef")(
  z.strictObject({ kind: z.enum(["inference", "editor", "publish"]), id: z.string() }),
);
