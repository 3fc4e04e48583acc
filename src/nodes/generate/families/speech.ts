import type { Field } from "../../fields/form.ts";
import type { GenerateFamilyRecord } from "./family.ts";
import { MINUTE_MS, SECOND_MS } from "./fields.ts";

const unitInterval = (title: string, description: string): Field => ({
  type: "number",
  title,
  description,
  minimum: 0,
  maximum: 1,
  "x-control": "slider",
});

export const speech: GenerateFamilyRecord = {
  path: "/audio/speech",
  output: "audio",
  deadlineMs: 15 * MINUTE_MS,
  label: "Speech",
  title: "Generate speech",
  description: "Reads a text aloud.",
  keywords: ["voice", "speak", "audio", "narrate", "tts", "ai"],
  icon: "AudioLines",
  placeholder: "Write what is said",
  cardParams: [],
  models: [
    {
      key: "elevenlabs-tts",
      label: "ElevenLabs",
      description: "Reads a text aloud.",
      fields: {
        // The vendor's guide uses this voice as its default female one.
        voiceId: {
          type: "string",
          title: "Voice",
          description: "A voice's id.",
          minLength: 1,
          default: "21m00Tcm4TlvDq8ikWAM",
        },
        stability: unitInterval("Stability", "Low is livelier, high is steadier."),
        similarityBoost: unitInterval("Similarity", "How closely it keeps to the voice."),
      },
      required: ["voiceId"],
      typicalMs: 20 * SECOND_MS,
    },
    {
      key: "minimax-speech-2-8-hd",
      label: "MiniMax Speech 2.8 HD",
      description: "Reads a text aloud in a voice you cloned.",
      fields: {
        voiceId: { type: "string", title: "Voice", description: "The id of a cloned voice.", minLength: 1 },
      },
      required: ["voiceId"],
      typicalMs: 20 * SECOND_MS,
    },
  ],
};
