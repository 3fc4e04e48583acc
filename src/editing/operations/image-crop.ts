import { z } from "zod";
import { type EditIssue, image, inSlot, operation, pixels } from "./operation.ts";

export const imageCrop = operation({
  operation: "imageCrop",
  label: "Crop image",
  description: "Cuts an image to a rectangle, a shape, or both. It keeps its format.",
  endpoint: "image",
  slots: [image(0, "Image")],
  output: "image",
  frame: "asked",
  params: z.object({
    aspectRatio: z.enum(["free", "16:9", "9:16", "1:1", "4:5", "21:9", "4:3", "3:2"]).default("free").meta({
      title: "Shape",
      description: "Width to height; taken from the middle of the rectangle, or of the image.",
    }),
    cropPixelX: pixels("Left", "Left edge of the rectangle.", 0).default(0),
    cropPixelY: pixels("Top", "Top edge of the rectangle.", 0).default(0),
    cropPixelWidth: pixels("Width", "Default: to the right edge of the image.", 1).optional(),
    cropPixelHeight: pixels("Height", "Default: to the bottom edge of the image.", 1).optional(),
  }),
  check(params, inputs) {
    const input = inSlot(inputs, "image_0");
    const issues: EditIssue[] = [];
    for (const [param, from, size, length] of [
      ["cropPixelX", params.cropPixelX, params.cropPixelWidth, input?.width],
      ["cropPixelY", params.cropPixelY, params.cropPixelHeight, input?.height],
    ] as const)
      if (length !== undefined && from + (size ?? 1) > length)
        issues.push({
          param,
          message: `The rectangle reaches ${from + (size ?? 1)} px, but the image has only ${length} px.`,
        });
    return issues;
  },
});
