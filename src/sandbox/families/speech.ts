import { join } from "node:path";
import { makeSpeech } from "../media/speech.ts";
import type { Offer, SandboxFamily } from "./family.ts";

const perCharacter = (provider: string, microdollars: number): Offer => ({
  provider,
  prices: [{ unit: "per_character", unitPriceMicrodollars: microdollars }],
  cost: (_params, prompt) => prompt.length * microdollars,
});

export const speech: SandboxFamily = {
  usualMs: 20_000,
  fields: {},
  offers: {
    "elevenlabs-tts": perCharacter("elevenlabs", 100),
    "minimax-speech-2-8-hd": perCharacter("minimax", 80),
  },
  async make({ prompt, params, folder }) {
    const path = join(folder, "sound.mp3");
    await makeSpeech({ text: prompt, voice: String(params["voiceId"]), path });
    return { path };
  },
};
