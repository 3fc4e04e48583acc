import { z } from "zod";
import type { MediaKind } from "../base/media-kind.ts";

export const families = ["image", "video", "text", "music", "speech"] as const;
export type Family = (typeof families)[number];

/** A place for attachments. Attachments fill slots in order, each the next slot that takes its kind and is not full. */
type Slot = { readonly name: string; readonly kinds: readonly MediaKind[]; readonly max: number };

type Price = {
  readonly unit: "per_second" | "per_image" | "per_character" | "per_generation";
  readonly variant?: string;
  readonly unitPriceMicrodollars: number;
};

export type ModelSpec = {
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly family: Family;
  readonly provider: string;
  readonly slots: readonly Slot[];
  /** Loose: params it does not know are kept and ignored, known ones must fit. */
  readonly params: z.ZodObject;
  readonly prices: readonly Price[];
  /** Cost in microdollars. */
  readonly cost: (params: Readonly<Record<string, unknown>>, prompt: string) => number;
};

const widest = [
  "9:16",
  "16:9",
  "1:1",
  "4:5",
  "4:3",
  "3:4",
  "3:2",
  "2:3",
  "21:9",
  "8:1",
  "1:8",
  "4:1",
  "1:4",
  "auto",
] as const;
const wide = ["9:16", "16:9", "1:1", "4:5", "4:3", "3:4", "3:2", "2:3", "21:9", "auto"] as const;

const ratio = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  fallback: Values[number],
) => z.enum(values).default(fallback).meta({ title: "Aspect ratio" });
const resolution = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  fallback: Values[number],
) => z.enum(values).default(fallback).meta({ title: "Resolution" });
const seed = z.int().min(0).max(4_294_967_295).optional().meta({
  title: "Seed",
  description: "Equal requests with equal seeds give equal results. Left out: a new one each time.",
});
const negativePrompt = z
  .string()
  .optional()
  .meta({ title: "Negative prompt", description: "What to keep out." });
const styleId = z.uuid().optional().meta({ title: "Style", description: "Id of a saved style." });
const seconds = (from: number, to: number, fallback: number) =>
  z.int().min(from).max(to).default(fallback).meta({ title: "Duration", unit: "s" });

const references = (max: number): readonly Slot[] => [{ name: "reference_images", kinds: ["image"], max }];

function image(
  key: string,
  label: string,
  description: string,
  provider: string,
  slots: readonly Slot[],
  params: z.core.$ZodLooseShape,
  prices: readonly [Price, ...Price[]],
): ModelSpec {
  return {
    key,
    label,
    description,
    family: "image",
    provider,
    slots,
    params: z.looseObject({ ...params, seed }),
    prices,
    cost: (given) =>
      (prices.find((price) => price.variant === given["resolution"]) ?? prices[0]).unitPriceMicrodollars,
  };
}

function video(
  key: string,
  label: string,
  description: string,
  provider: string,
  slots: readonly Slot[],
  params: z.core.$ZodLooseShape,
  perSecond: number,
): ModelSpec {
  return {
    key,
    label,
    description,
    family: "video",
    provider,
    slots,
    params: z.looseObject({ ...params, negativePrompt, seed }),
    prices: [{ unit: "per_second", unitPriceMicrodollars: perSecond }],
    cost: (given) => Math.round(Number(given["duration"] ?? 5) * perSecond),
  };
}

const startImage: readonly Slot[] = [{ name: "start_image", kinds: ["image"], max: 1 }];
const bothEnds: readonly Slot[] = [...startImage, { name: "end_image", kinds: ["image"], max: 1 }];
const perImage = (unitPriceMicrodollars: number, variant?: string): Price => ({
  unit: "per_image",
  ...(variant === undefined ? {} : { variant }),
  unitPriceMicrodollars,
});

const videoRatio = ratio(["16:9", "9:16", "1:1"], "9:16");

/**
 * What the sandbox offers, after the public tables. Only the price of nano-banana-2 at 1K and the rates of
 * gemini-omni-video are published; the other prices are of a likely size.
 *
 * @see docs/wondercat-api.md, sections 5 and 10.
 */
export const models: readonly ModelSpec[] = [
  image(
    "nano-banana-2",
    "Nano Banana 2",
    "Fast all-round image model; edits and combines reference images.",
    "google",
    references(14),
    { aspectRatio: ratio(widest, "9:16"), resolution: resolution(["1K", "2K", "4K"], "1K"), styleId },
    [perImage(4000, "1K"), perImage(8000, "2K"), perImage(16_000, "4K")],
  ),
  image(
    "nano-banana-pro",
    "Nano Banana Pro",
    "The careful sibling: better text and detail.",
    "google",
    references(14),
    { aspectRatio: ratio(wide, "9:16"), resolution: resolution(["1K", "2K", "4K"], "1K"), styleId },
    [perImage(13_400, "1K"), perImage(13_400, "2K"), perImage(24_000, "4K")],
  ),
  image(
    "seedream-4-5",
    "Seedream 4.5",
    "Large, photographic images.",
    "bytedance",
    references(14),
    {
      aspectRatio: ratio(["1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9"], "16:9"),
      resolution: resolution(["2K", "4K"], "2K"),
    },
    [perImage(40_000, "2K"), perImage(40_000, "4K")],
  ),
  image(
    "z-image",
    "Z-Image",
    "Very fast text to image.",
    "runware",
    [],
    { aspectRatio: ratio(["1:1", "21:9", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "9:21"], "9:16") },
    [perImage(2000)],
  ),
  image(
    "gpt-image-2",
    "GPT Image 2",
    "Follows long prompts closely; up to 1536 pixels.",
    "openai",
    references(4),
    {
      aspectRatio: ratio(["1:1", "2:3", "3:2"], "1:1"),
      quality: z.enum(["auto", "low", "medium", "high"]).default("auto").meta({ title: "Quality" }),
    },
    [perImage(42_000)],
  ),

  video(
    "seedance-2",
    "Seedance 2",
    "The default for clips; with sound.",
    "bytedance",
    startImage,
    {
      aspectRatio: videoRatio,
      duration: z.literal([5, 10, 15]).default(5).meta({ title: "Duration", unit: "s" }),
      quality: z.enum(["high", "basic"]).default("high").meta({ title: "Quality" }),
    },
    52_000,
  ),
  video(
    "kling_3_pro",
    "Kling 3 Pro",
    "Best with people; takes a first and a last frame.",
    "kling",
    bothEnds,
    { aspectRatio: videoRatio, duration: seconds(3, 15, 5) },
    112_000,
  ),
  video(
    "kling_2_6_pro",
    "Kling 2.6 Pro",
    "Older and cheaper sibling of Kling 3 Pro.",
    "kling",
    startImage,
    { aspectRatio: videoRatio, duration: seconds(5, 10, 5) },
    70_000,
  ),
  video(
    "veo3_1",
    "Veo 3.1",
    "Film-like clips with sound.",
    "google",
    startImage,
    {
      aspectRatio: ratio(["16:9", "9:16"], "16:9"),
      duration: z.literal([4, 6, 8]).default(8).meta({ title: "Duration", unit: "s" }),
      resolution: resolution(["720p", "1080p"], "720p"),
    },
    200_000,
  ),
  video(
    "veo3_1-fast",
    "Veo 3.1 Fast",
    "Veo 3.1 at half the price.",
    "google",
    startImage,
    {
      aspectRatio: ratio(["16:9", "9:16"], "16:9"),
      duration: z.literal([4, 6, 8]).default(8).meta({ title: "Duration", unit: "s" }),
      resolution: resolution(["720p", "1080p"], "720p"),
    },
    100_000,
  ),
  video(
    "sora2",
    "Sora 2",
    "Longer clips with sound; refuses images with people.",
    "openai",
    startImage,
    { aspectRatio: ratio(["16:9", "9:16"], "9:16"), duration: seconds(4, 20, 8) },
    100_000,
  ),
  video(
    "grok-imagine-video",
    "Grok Imagine Video",
    "Clips in many shapes.",
    "xai",
    startImage,
    {
      aspectRatio: ratio(["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3"], "9:16"),
      duration: seconds(5, 15, 5),
    },
    50_000,
  ),
  {
    ...video(
      "gemini-omni-video",
      "Gemini Omni Video",
      "Silent clips from up to seven reference images.",
      "google",
      [1, 2, 3, 4, 5, 6, 7].map((n) => ({ name: `reference_image_${n}`, kinds: ["image"], max: 1 })),
      {
        aspectRatio: ratio(["9:16", "16:9"], "9:16"),
        duration: z.literal([4, 6, 8, 10]).default(6).meta({ title: "Duration", unit: "s" }),
        resolution: resolution(["720p", "1080p", "4K"], "720p"),
      },
      75_000,
    ),
    cost: (given) =>
      (given["resolution"] === "4K" ? 750_000 : 150_000) + Number(given["duration"] ?? 6) * 75_000,
  },

  {
    key: "openrouter-completion",
    label: "Text completion",
    description: "Writes captions, hooks and scripts with a language model of your choice.",
    family: "text",
    provider: "openrouter",
    slots: [{ name: "media", kinds: ["image", "video", "audio"], max: 4 }],
    params: z.looseObject({
      llm: z
        .enum([
          "openai/gpt-5.2",
          "openai/gpt-5.1",
          "openai/gpt-5-chat",
          "google/gemini-3-pro-preview",
          "google/gemini-3-flash-preview",
          "anthropic/claude-opus-4.5",
          "anthropic/claude-sonnet-4.5",
          "anthropic/claude-sonnet-4.6",
          "x-ai/grok-4",
          "x-ai/grok-4-fast",
        ])
        .default("x-ai/grok-4-fast")
        .meta({ title: "Language model" }),
      systemPrompt: z.string().optional().meta({ title: "System prompt" }),
      reasoningEnabled: z.boolean().optional().meta({ title: "Reasoning" }),
      reasoningEffort: z
        .enum(["minimal", "low", "medium", "high", "xhigh"])
        .optional()
        .meta({ title: "Reasoning effort" }),
      reasoningMaxTokens: z.int().min(1024).max(32_000).optional().meta({ title: "Reasoning tokens" }),
      maxOutputTokens: z.int().min(1024).max(128_000).optional().meta({ title: "Output tokens" }),
    }),
    prices: [{ unit: "per_generation", unitPriceMicrodollars: 1000 }],
    cost: () => 1000,
  },
  {
    key: "suno-music",
    label: "Suno Music",
    description: "Songs and instrumentals from a description.",
    family: "music",
    provider: "suno",
    slots: [],
    params: z.looseObject({
      instrumental: z
        .boolean()
        .default(false)
        .meta({ title: "Instrumental", description: "Leave out the voice." }),
      duration: seconds(5, 120, 20),
      seed,
    }),
    prices: [{ unit: "per_generation", unitPriceMicrodollars: 60_000 }],
    cost: () => 60_000,
  },
  ...(
    [
      ["elevenlabs-tts", "ElevenLabs", "elevenlabs", 100],
      ["minimax-speech-2-8-hd", "MiniMax Speech 2.8 HD", "minimax", 80],
    ] as const
  ).map(
    ([key, label, provider, perCharacter]): ModelSpec => ({
      key,
      label,
      description: "Speaks the prompt.",
      family: "speech",
      provider,
      slots: [],
      params: z.looseObject({
        voiceId: z
          .string()
          .min(1)
          .meta({
            title: "Voice",
            description: "For example 21m00Tcm4TlvDq8ikWAM.",
            examples: ["21m00Tcm4TlvDq8ikWAM"],
          }),
        stability: z.number().min(0).max(1).optional().meta({ title: "Stability" }),
        similarityBoost: z.number().min(0).max(1).optional().meta({ title: "Similarity boost" }),
      }),
      prices: [{ unit: "per_character", unitPriceMicrodollars: perCharacter }],
      cost: (_params, prompt) => prompt.length * perCharacter,
    }),
  ),
];

/** Pixels of an aspect ratio such as `16:9` with a long side, both even; the short side is at least 64. */
export function sizeOf(aspectRatio: string, longSide: number): { width: number; height: number } {
  const [w = 1, h = 1] = aspectRatio.split(":").map(Number);
  const even = (value: number): number => Math.max(64, Math.round(value / 2) * 2);
  return w >= h
    ? { width: even(longSide), height: even((longSide * h) / w) }
    : { width: even((longSide * w) / h), height: even(longSide) };
}
