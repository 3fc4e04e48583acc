import { z } from "zod";
import { operation, percent, position, video } from "./operation.ts";

export const overlay = operation({
  operation: "overlay",
  label: "Overlay",
  description: "Lays one video over another, for the length of the one behind. The sound is mixed.",
  endpoint: "video",
  slots: [video(0, "Background"), video(1, "Foreground")],
  output: "video",
  params: z.object({
    position: position("Position", "Where the foreground stands.").default("bottom-right"),
    resizePercent: percent(
      "Foreground size",
      "Width of the foreground, in percent of the background's; it never exceeds the frame.",
      5,
      100,
    ).default(35),
  }),
});
