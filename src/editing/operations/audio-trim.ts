import { z } from "zod";
import { audio, checkRange, inSlot, milliseconds, operation, SHORTEST_MS } from "./operation.ts";

export const audioTrim = operation({
  operation: "audioTrim",
  label: "Trim audio",
  description: "Keeps the part of an audio file between two times.",
  endpoint: "audio",
  slots: [audio],
  output: "audio",
  params: z.object({
    trimStartMs: milliseconds("Start", "Where the kept part begins.", 0).default(0),
    trimEndMs: milliseconds(
      "End",
      "Where the kept part ends. Default: the end of the audio.",
      SHORTEST_MS,
    ).optional(),
  }),
  check: (params, inputs) => checkRange(params.trimStartMs, params.trimEndMs, inSlot(inputs, "audio_0")),
});
