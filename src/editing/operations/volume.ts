import { z } from "zod";
import { operation, percent, video } from "./operation.ts";

export const volume = operation({
  operation: "volume",
  label: "Volume",
  description: "Makes a video's sound quieter, or silent.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  frame: "kept",
  params: z.object({
    volume: percent("Volume", "100 leaves it as it is.", 0, 100).default(100),
    muted: z.boolean().default(false).meta({ title: "Mute", description: "Silence, whatever the volume." }),
  }),
});
