import { join } from "node:path";
import { makeMusic } from "../media/music.ts";
import { duration, flat, type SandboxFamily, seed } from "./family.ts";

export const music: SandboxFamily = {
  usualMs: 90_000,
  fields: { duration: duration({ minimum: 5, maximum: 120, default: 20 }), seed },
  offers: { "suno-music": flat("suno", 60_000) },
  async make({ prompt, seed, params, folder }) {
    const path = join(folder, "sound.mp3");
    const durationS = Number(params["duration"] ?? 20);
    await makeMusic({ prompt, seed, durationS, voice: params["instrumental"] !== true, path });
    return { path };
  },
};
