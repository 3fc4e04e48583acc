import { z } from "zod";
import { type EditIssue, inSlot, milliseconds, operation, percent, video } from "./operation.ts";

export const extractFrame = operation({
  operation: "extractFrame",
  label: "Extract frame",
  description: "Takes one picture out of a video.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "image",
  frame: "kept",
  localParams: ["format"],
  params: z.object({
    timestampMs: milliseconds("Time", "From the start. Default: the first frame.", 0).optional(),
    timestampPercent: percent(
      "Time in percent",
      "Of the video's length, instead of a time.",
      0,
      100,
    ).optional(),
    format: z
      .enum(["png", "jpeg"])
      .default("png")
      .meta({ title: "Format", description: "PNG keeps every detail, JPEG is smaller." }),
  }),
  check(params, inputs) {
    const issues: EditIssue[] = [];
    if (params.timestampMs !== undefined && params.timestampPercent !== undefined)
      issues.push({ param: "timestampPercent", message: "Give a time or a percentage, not both." });
    const durationMs = inSlot(inputs, "video_0")?.durationMs;
    if (durationMs !== undefined && params.timestampMs !== undefined && params.timestampMs > durationMs)
      issues.push({
        param: "timestampMs",
        message: `The time (${params.timestampMs} ms) lies beyond the end of the video, which lasts ${Math.round(durationMs)} ms.`,
      });
    return issues;
  },
});
