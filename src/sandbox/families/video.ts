import { join } from "node:path";
import { makeClip } from "../media/clip.ts";
import { duration, type Offer, type SandboxFamily, seed } from "./family.ts";
import { pictureOf } from "./frame.ts";

const perSecond = (
  provider: string,
  microdollars: number,
  more: Pick<Offer, "fields"> & Partial<Pick<Offer, "cost">> = {},
): Offer => ({
  provider,
  prices: [{ unit: "per_second", unitPriceMicrodollars: microdollars }],
  cost: (params) => Math.round(Number(params["duration"] ?? 5) * microdollars),
  ...more,
});

const veoFields = { duration: duration({ enum: [4, 6, 8], default: 8 }) };
const LONG_SIDE = 960;

export const video: SandboxFamily = {
  usualMs: 120_000,
  fields: {
    negativePrompt: { type: "string", title: "Negative prompt", description: "What to keep out." },
    seed,
  },
  offers: {
    "seedance-2": perSecond("bytedance", 52_000),
    kling_3_pro: perSecond("kling", 112_000),
    kling_2_6_pro: perSecond("kling", 70_000),
    veo3_1: perSecond("google", 200_000, { fields: veoFields }),
    "veo3_1-fast": perSecond("google", 100_000, { fields: veoFields }),
    sora2: perSecond("openai", 100_000),
    "grok-imagine-video": perSecond("xai", 50_000),
    "gemini-omni-video": perSecond("google", 75_000, {
      cost: (params) =>
        (params["resolution"] === "4K" ? 750_000 : 150_000) + Number(params["duration"] ?? 6) * 75_000,
    }),
  },
  async make(request) {
    const path = join(request.folder, "clip.mp4");
    await makeClip({
      ...(await pictureOf(request, LONG_SIDE)),
      durationS: Number(request.params["duration"] ?? 5),
      silent: request.model === "gemini-omni-video",
      path,
      signal: request.signal,
    });
    return { path };
  },
};
