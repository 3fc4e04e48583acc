import { z } from "zod";
import { audio, operation, percent, video } from "./operation.ts";

export const editAudio = operation({
  operation: "editAudio",
  label: "Add audio",
  description: "Mixes an audio track into a video, for the video's length.",
  endpoint: "video",
  slots: [video(0, "Video"), audio],
  output: "video",
  params: z.object({
    videoVolume: percent("Video volume", "0 replaces the video's own sound.", 0, 100).default(100),
    audioVolume: percent("Audio volume", "Of the added track.", 0, 100).default(100),
  }),
});
