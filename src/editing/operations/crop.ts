import { z } from "zod";
import { type EditIssue, operation, paddings, percent, pixels, position, video } from "./operation.ts";

export const crop = operation({
  operation: "crop",
  label: "Crop",
  description: "Cuts a video to another shape.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  frame: "asked",
  params: z.object({
    aspectRatio: z
      .enum(["16:9", "9:16", "1:1", "4:5", "21:9", "custom"])
      .default("16:9")
      .meta({ title: "Shape", description: "Width to height. Not used when a crop axis is chosen." }),
    customWidth: pixels(
      "Width",
      "Only with shape custom. A size larger than the video is made smaller in proportion.",
      2,
    ).optional(),
    customHeight: pixels("Height", "Only with shape custom.", 2).optional(),
    position: position("Position", "Which part of the picture is kept.").default("center"),
    cropAxis: z
      .enum(["width", "height"])
      .optional()
      .meta({ title: "Crop axis", description: "Shorten one side by percent instead of choosing a shape." }),
    cropPercent: percent(
      "Crop percent",
      "How much of that side is kept. Needs a crop axis.",
      10,
      100,
    ).optional(),
    ...paddings("Cut away first, along", 0),
  }),
  check(params) {
    const issues: EditIssue[] = [];
    const custom = params.aspectRatio === "custom" && params.cropAxis === undefined;
    for (const side of ["customWidth", "customHeight"] as const)
      if (custom && params[side] === undefined)
        issues.push({ param: side, message: "A custom shape needs both a width and a height." });
    if (params.cropPercent !== undefined && params.cropAxis === undefined)
      issues.push({
        param: "cropAxis",
        message: "Say which side the crop percent shortens: width or height.",
      });
    if (params.cropAxis !== undefined && params.cropPercent === undefined)
      issues.push({ param: "cropPercent", message: "Say how many percent of that side to keep." });
    for (const [param, sum] of [
      ["paddingBottom", params.paddingTop + params.paddingBottom],
      ["paddingRight", params.paddingLeft + params.paddingRight],
    ] as const)
      if (sum > 95)
        issues.push({
          param,
          message: "Opposite paddings leave nothing of the picture; keep their sum under 95 %.",
        });
    return issues;
  },
});
