import { z } from "zod";
import { operation, video } from "./operation.ts";

export const extractAudio = operation({
  operation: "extractAudio",
  label: "Extract audio",
  description: "Takes the sound of a video as MP3.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "audio",
  params: z.object({}),
});
