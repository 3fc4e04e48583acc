import { z } from "zod";
import { operation, video } from "./operation.ts";

export const reverseVideo = operation({
  operation: "reverseVideo",
  label: "Reverse",
  description: "Plays a video backwards, with its sound.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  frame: "kept",
  params: z.object({}),
});
