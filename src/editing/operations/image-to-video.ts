import { z } from "zod";
import { image, operation, SHORTEST_MS } from "./operation.ts";

export const imageToVideo = operation({
  operation: "imageToVideo",
  label: "Image to video",
  description: "Shows one to five images one after the other as a video without sound.",
  endpoint: "video",
  slots: [
    image(0, "First"),
    image(1, "Second", false),
    image(2, "Third", false),
    image(3, "Fourth", false),
    image(4, "Fifth", false),
  ],
  output: "video",
  frame: "asked",
  params: z.object({
    durationMs: z
      .number()
      .min(SHORTEST_MS)
      .max(60_000)
      .default(3000)
      .meta({ title: "Duration", unit: "ms", description: "How long each image shows." }),
    aspectRatio: z.enum(["source", "16:9", "9:16", "1:1", "4:5"]).default("source").meta({
      title: "Shape",
      description: "Source is the first image's. Images of another shape get black bars.",
    }),
    zoom: z
      .boolean()
      .default(false)
      .meta({ title: "Slow zoom", description: "Moves slowly into each image." }),
  }),
});
