import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePicture } from "../media/picture.ts";
import { type Offer, type Price, type SandboxFamily, seed } from "./family.ts";
import { pictureOf } from "./frame.ts";

const perImage = (provider: string, microdollars: number, ...bySize: readonly [string, number][]): Offer => {
  const price = (unitPriceMicrodollars: number, variant?: string): Price => ({
    unit: "per_image",
    ...(variant === undefined ? {} : { variant }),
    unitPriceMicrodollars,
  });
  const [first, ...rest] = bySize.map(([variant, each]) => price(each, variant));
  const prices: Offer["prices"] = first ? [first, ...rest] : [price(microdollars)];
  return {
    provider,
    prices,
    cost: ({ resolution }) =>
      (prices.find(({ variant }) => variant === resolution) ?? prices[0]).unitPriceMicrodollars,
  };
};

/** Long sides in pixels: modest, so that a laptop makes them in a moment. */
const longSides: Readonly<Record<string, number>> = { "1K": 1024, "2K": 1536, "4K": 2048 };

export const image: SandboxFamily = {
  usualMs: 60_000,
  fields: { seed },
  offers: {
    "nano-banana-2": perImage("google", 4000, ["1K", 4000], ["2K", 8000], ["4K", 16_000]),
    "nano-banana-pro": perImage("google", 13_400, ["1K", 13_400], ["2K", 13_400], ["4K", 24_000]),
    "seedream-4-5": perImage("bytedance", 40_000, ["2K", 40_000], ["4K", 40_000]),
    "z-image": perImage("runware", 2000),
    "gpt-image-2": perImage("openai", 42_000),
  },
  async make(request) {
    const path = join(request.folder, "picture.jpg");
    const longSide = longSides[String(request.params["resolution"])] ?? 1024;
    await writeFile(path, await makePicture(await pictureOf(request, longSide)));
    return { path };
  },
};
