import { z } from "zod";
import { operation, video } from "./operation.ts";

export const splitScreen = operation({
  operation: "splitScreen",
  label: "Split screen",
  description:
    "Shows two videos at once: side by side in 16:9, one above the other in 9:16. The sound is mixed.",
  endpoint: "video",
  slots: [video(0, "Left or top"), video(1, "Right or bottom")],
  output: "video",
  params: z.object({
    targetAspectRatio: z
      .enum(["16:9", "9:16"])
      .default("16:9")
      .meta({ title: "Shape", description: "Of the result. It lasts as long as the longer video." }),
  }),
});
