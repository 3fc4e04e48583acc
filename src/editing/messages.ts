/** What the studio and the render process say to each other. Plain JSON; each side parses what it receives. */

import { z } from "zod";
import { mediaKinds } from "../base/media-kind.ts";
import { ErrorData } from "./failure.ts";
import { type EditOperation, isEditOperation } from "./operations.ts";

export const MediaFacts = z.object({
  kind: z.enum(mediaKinds),
  mimeType: z.string(),
  /** As displayed, in pixels: upright, with square pixels. */
  width: z.number().optional(),
  height: z.number().optional(),
  durationMs: z.number().optional(),
  fps: z.number().optional(),
  hasAudio: z.boolean().optional(),
});
export type MediaFacts = z.infer<typeof MediaFacts>;

export const RenderedFile = MediaFacts.extend({
  path: z.string(),
  sizeBytes: z.number(),
  /** Which of several results it is. */
  key: z.string().optional(),
});
export type RenderedFile = z.infer<typeof RenderedFile>;

export const RenderTask = z.object({
  type: z.literal("render"),
  operation: z.custom<EditOperation>(isEditOperation),
  params: z.record(z.string(), z.unknown()),
  inputs: z.array(z.object({ slot: z.string(), path: z.string(), kind: z.enum(mediaKinds) })),
  text: z.string().optional(),
  allowStill: z.boolean().optional(),
  /** An empty folder of this render's own; the host removes it afterwards, whatever happened. */
  workDir: z.string(),
});
export type RenderTask = z.infer<typeof RenderTask>;

export const EditorTask = z.discriminatedUnion("type", [
  RenderTask,
  z.object({ type: z.literal("probe"), path: z.string(), whole: z.boolean() }),
  z.object({ type: z.literal("poster"), path: z.string(), outputPath: z.string(), maxSize: z.int().min(16) }),
  z.object({ type: z.literal("waveform"), path: z.string(), buckets: z.int().min(1).max(100_000) }),
]);
export type EditorTask = z.infer<typeof EditorTask>;

export const ToWorker = z.object({ id: z.int(), task: EditorTask });
export type ToWorker = z.infer<typeof ToWorker>;

export const FromWorker = z.discriminatedUnion("type", [
  z.object({ type: z.literal("progress"), id: z.int(), fraction: z.number(), frames: z.number().optional() }),
  z.object({ type: z.literal("done"), id: z.int(), result: z.unknown() }),
  z.object({ type: z.literal("failed"), id: z.int(), error: ErrorData }),
  /** Resident memory of the process, sent while it works. */
  z.object({ type: z.literal("memory"), rssBytes: z.number() }),
]);
export type FromWorker = z.infer<typeof FromWorker>;
