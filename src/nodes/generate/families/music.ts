import type { GenerateFamilyRecord } from "./family.ts";
import { MINUTE_MS } from "./fields.ts";

export const music: GenerateFamilyRecord = {
  path: "/music/generate",
  output: "audio",
  deadlineMs: 15 * MINUTE_MS,
  label: "Music",
  title: "Generate music",
  description: "Makes a piece of music from words.",
  keywords: ["song", "sound", "audio", "ai"],
  icon: "Music",
  placeholder: "Describe the music",
  cardParams: [],
  models: [
    {
      key: "suno-music",
      label: "Suno",
      description: "A piece of music, with or without singing.",
      fields: {
        instrumental: { type: "boolean", title: "Instrumental", description: "No singing.", default: false },
      },
      typicalMs: 2 * MINUTE_MS,
    },
  ],
};
