import { z } from "zod";
import { operation, video } from "./operation.ts";

export const merge = operation({
  operation: "merge",
  label: "Merge",
  description: "Plays two to five videos one after the other, at the size and frame rate of the first.",
  endpoint: "video",
  slots: [
    video(0, "First"),
    video(1, "Second"),
    video(2, "Third", false),
    video(3, "Fourth", false),
    video(4, "Fifth", false),
  ],
  output: "video",
  params: z.object({}),
});
