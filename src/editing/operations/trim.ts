import { z } from "zod";
import { checkRange, inSlot, milliseconds, operation, SHORTEST_MS, video } from "./operation.ts";

export const trim = operation({
  operation: "trim",
  label: "Trim",
  description: "Keeps the part of a video between two times.",
  endpoint: "video",
  slots: [video(0, "Video")],
  output: "video",
  frame: "kept",
  stills: true,
  remoteRequired: ["trimStartMs", "trimEndMs"],
  params: z.object({
    trimStartMs: milliseconds("Start", "Where the kept part begins.", 0).default(0),
    trimEndMs: milliseconds(
      "End",
      "Where the kept part ends; a video that ends sooner is kept to its end. At least 100 ms after the start.",
      SHORTEST_MS,
    ).default(5000),
  }),
  check: (params, inputs) => checkRange(params.trimStartMs, params.trimEndMs, inSlot(inputs, "video_0")),
});
