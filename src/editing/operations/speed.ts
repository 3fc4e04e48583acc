import { z } from "zod";
import { operation, video } from "./operation.ts";

export const speed = operation({
  operation: "speed",
  label: "Speed",
  description: "Plays a video faster or slower; the sound keeps its pitch.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  frame: "kept",
  params: z.object({
    speed: z
      .number()
      .min(0.25)
      .max(4)
      .default(2)
      .meta({ title: "Speed", unit: "×", description: "2 is twice as fast, 0.5 half as fast." }),
  }),
});
