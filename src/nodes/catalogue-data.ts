import type { MediaKind } from "../base/media-kind.ts";
import type { JsonSchema } from "../graph/describe/json-schema.ts";
import type { InputPort } from "../graph/describe/ports.ts";
import type { GenerateFamily } from "../wondercat/types.ts";
import type { Catalogue, CatalogueModel, PublishTarget } from "./definition/catalogue.ts";
import { type FieldHints, objectSchema } from "./fields/form.ts";
import { platformRules } from "./publish/platform-rules.ts";
import { documentedSchedule } from "./publish/schedule.ts";

/**
 * The catalogue used where a server does not say what it has. Facts and their sources: docs/wondercat-api.md, 5.2 to
 * 5.6 (models), 9.1 and 9.2 (publishing), 3.2 (durations; the middle of the range given). Where a model's params are
 * not published, only those that the vendor's guide names are here; others may be written into the file and are sent
 * as they are. The first model of a family is what a new node starts with.
 */

type Field = JsonSchema & FieldHints;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const aspectRatio = (choices: readonly string[], defaultChoice = "9:16"): Field => ({
  type: "string",
  title: "Aspect ratio",
  description: "Width to height.",
  enum: choices,
  default: defaultChoice,
  ...(choices.includes("auto") ? { "x-enumLabels": { auto: "As the reference" } } : {}),
});

const resolution = (choices: readonly string[], defaultChoice: string): Field => ({
  type: "string",
  title: "Resolution",
  enum: choices,
  default: defaultChoice,
  "x-control": "segmented",
});

const durationChoice = (choices: readonly number[], defaultChoice: number): Field => ({
  type: "integer",
  title: "Duration",
  description: "Seconds of video.",
  enum: choices,
  default: defaultChoice,
  "x-control": "segmented",
  "x-unit": "s",
});

const durationRange = (minimum: number, maximum: number, defaultValue: number): Field => ({
  type: "integer",
  title: "Duration",
  description: "Seconds of video.",
  minimum,
  maximum,
  default: defaultValue,
  "x-control": "slider",
  "x-unit": "s",
});

const styleId: Field = {
  type: "string",
  title: "Style",
  description: "The id of a saved style, a UUID.",
  format: "uuid",
};

const slot = (id: string, label: string, type: MediaKind, required = false): InputPort => ({
  id,
  label,
  type,
  ...(required ? { required } : {}),
});

const references = (max: number, min = 0): InputPort => ({
  id: "reference_images",
  label: "Reference images",
  type: "image",
  list: { min, max },
});

const startImage = slot("start_image", "Start image", "image");
const endImage = slot("end_image", "End image", "image");

const social = ["9:16", "16:9", "1:1"] as const;
const nanoBanana = ["9:16", "16:9", "1:1", "4:5", "4:3", "3:4", "3:2", "2:3", "21:9"] as const;

type ModelFacts = Omit<CatalogueModel, "family" | "prompt" | "params" | "attachments"> & {
  readonly prompt?: CatalogueModel["prompt"];
  readonly fields?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly attachments?: readonly InputPort[];
};

function family(name: GenerateFamily, models: readonly ModelFacts[]): CatalogueModel[] {
  return models.map(({ fields = {}, required = [], prompt = "required", attachments = [], ...facts }) => ({
    ...facts,
    family: name,
    prompt,
    attachments,
    params: objectSchema(fields, required),
  }));
}

const imageModels = family("image", [
  {
    key: "nano-banana-2",
    label: "Nano Banana 2",
    description: "Fast and versatile; follows up to 14 reference images.",
    attachments: [references(14)],
    fields: {
      aspectRatio: aspectRatio([...nanoBanana, "8:1", "1:8", "4:1", "1:4", "auto"]),
      resolution: resolution(["1K", "2K", "4K"], "1K"),
      styleId,
    },
    typicalMs: MINUTE_MS,
  },
  {
    key: "nano-banana-pro",
    label: "Nano Banana Pro",
    description: "More detail and better lettering; follows up to 14 reference images.",
    attachments: [references(14)],
    fields: {
      aspectRatio: aspectRatio([...nanoBanana, "auto"]),
      resolution: resolution(["1K", "2K", "4K"], "1K"),
      styleId,
    },
    typicalMs: 75 * SECOND_MS,
  },
  {
    key: "gpt-image-2",
    label: "GPT Image 2",
    description: "Understands long prompts; at most 1536 pixels a side, up to 4 reference images.",
    attachments: [references(4)],
    fields: {
      quality: {
        type: "string",
        title: "Quality",
        enum: ["auto", "low", "medium", "high"],
        default: "auto",
        "x-control": "segmented",
        "x-enumLabels": { auto: "Auto", low: "Low", medium: "Medium", high: "High" },
      },
      aspectRatio: aspectRatio(["1:1", "2:3", "3:2", "9:16", "16:9"], "2:3"),
    },
    typicalMs: 75 * SECOND_MS,
  },
  {
    key: "seedream-4-5",
    label: "Seedream 4.5",
    description: "Photographic pictures in high resolution; up to 14 reference images.",
    attachments: [references(14)],
    fields: {
      aspectRatio: aspectRatio(["1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9"], "16:9"),
      resolution: resolution(["2K", "4K"], "2K"),
    },
    typicalMs: MINUTE_MS,
  },
  {
    key: "z-image",
    label: "Z-Image",
    description: "Quick drafts from a prompt alone.",
    fields: { aspectRatio: aspectRatio(["1:1", "21:9", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "9:21"]) },
    typicalMs: 30 * SECOND_MS,
  },
  {
    key: "grok-imagine-pro",
    label: "Grok Imagine Pro",
    description: "Pictures from a prompt; its params are not published.",
    typicalMs: MINUTE_MS,
  },
  {
    key: "runware-vectorize",
    label: "Vectorise",
    description: "Turns a picture into a vector drawing.",
    prompt: "none",
    attachments: [slot("image_0", "Image", "image", true)],
    typicalMs: 30 * SECOND_MS,
  },
  {
    key: "birefnet-bg-removal",
    label: "Remove background",
    description: "Cuts the subject of a picture out of its background.",
    prompt: "none",
    attachments: [slot("image_0", "Image", "image", true)],
    typicalMs: 30 * SECOND_MS,
  },
]);

const videoModels = family("video", [
  {
    key: "seedance-2",
    label: "Seedance 2",
    description: "Clips with sound, from a prompt and, if you like, a first image without people.",
    attachments: [startImage],
    fields: {
      duration: durationChoice([5, 10, 15], 5),
      aspectRatio: aspectRatio(social),
      quality: {
        type: "string",
        title: "Quality",
        enum: ["high", "basic"],
        default: "high",
        "x-control": "segmented",
        "x-enumLabels": { high: "Standard", basic: "Fast" },
      },
    },
    typicalMs: 3 * MINUTE_MS,
  },
  {
    key: "kling_3_pro",
    label: "Kling 3 Pro",
    description: "Best for people: start and end image, named elements, a voice; with sound.",
    attachments: [
      startImage,
      endImage,
      slot("element_1", "Element 1", "image"),
      slot("element_2", "Element 2", "image"),
      slot("voice_audio", "Voice", "audio"),
    ],
    fields: { duration: durationRange(3, 15, 5), aspectRatio: aspectRatio(social) },
    typicalMs: 5 * MINUTE_MS,
  },
  {
    key: "veo3_1",
    label: "Veo 3.1",
    description: "Cinematic clips with sound.",
    attachments: [startImage],
    fields: {
      aspectRatio: aspectRatio(["9:16", "16:9"]),
      resolution: resolution(["720p", "1080p"], "1080p"),
    },
    typicalMs: 2 * MINUTE_MS,
  },
  {
    key: "veo3_1-fast",
    label: "Veo 3.1 Fast",
    description: "Cinematic clips with sound, sooner.",
    attachments: [startImage],
    fields: { aspectRatio: aspectRatio(["9:16", "16:9"]), resolution: resolution(["720p", "1080p"], "720p") },
    typicalMs: 90 * SECOND_MS,
  },
  {
    key: "sora2",
    label: "Sora 2",
    description: "Clips with sound, up to 20 s; takes no image with people.",
    attachments: [startImage],
    fields: { duration: durationRange(4, 20, 8), aspectRatio: aspectRatio(["9:16", "16:9"]) },
    typicalMs: 3.5 * MINUTE_MS,
  },
  {
    key: "sora2pro",
    label: "Sora 2 Pro",
    description: "As Sora 2, up to 1080p.",
    attachments: [startImage],
    fields: { duration: durationRange(4, 20, 8), aspectRatio: aspectRatio(["9:16", "16:9"]) },
    typicalMs: 7.5 * MINUTE_MS,
  },
  {
    key: "seedance-2-omni",
    label: "Seedance 2 Omni",
    description: "Follows an image, a video and a sound at once.",
    attachments: [
      slot("ref_image_1", "Reference image", "image"),
      slot("ref_video_1", "Reference video", "video"),
      slot("ref_audio_1", "Reference audio", "audio"),
    ],
    typicalMs: 3 * MINUTE_MS,
  },
  {
    key: "seedance-2-video-edit",
    label: "Seedance 2 Video Edit",
    description: "Changes a video as the prompt says.",
    attachments: [slot("video_0", "Video", "video", true)],
    typicalMs: 3 * MINUTE_MS,
  },
  {
    key: "kling_2_6_pro",
    label: "Kling 2.6 Pro",
    description: "Clips from a prompt and, if you like, a first image.",
    attachments: [startImage],
    fields: { duration: durationRange(5, 10, 5), aspectRatio: aspectRatio(social) },
    typicalMs: 5 * MINUTE_MS,
  },
  {
    key: "kling_2_6_motion_control",
    label: "Kling 2.6 Motion Control",
    description: "Moves the subject of an image as the video moves.",
    attachments: [slot("image_0", "Image", "image", true), slot("video_0", "Motion", "video", true)],
    prompt: "optional",
    typicalMs: 5 * MINUTE_MS,
  },
  {
    key: "kling2_5-pro",
    label: "Kling 2.5 Pro",
    description: "Clips between a first and a last image.",
    attachments: [startImage, endImage],
    fields: { duration: durationRange(5, 10, 5) },
    typicalMs: 5 * MINUTE_MS,
  },
  {
    key: "grok-imagine-video",
    label: "Grok Imagine Video",
    description: "Clips from a prompt.",
    fields: {
      duration: durationRange(5, 15, 5),
      aspectRatio: aspectRatio(["9:16", "16:9", "1:1", "4:3", "3:4", "3:2", "2:3"]),
    },
    typicalMs: 3.5 * MINUTE_MS,
  },
  {
    key: "gemini-omni-video",
    label: "Gemini Omni Video",
    description: "Silent clips up to 4K from a prompt and up to seven reference images.",
    attachments: [1, 2, 3, 4, 5, 6, 7].map((n) => slot(`reference_image_${n}`, `Reference ${n}`, "image")),
    fields: {
      duration: durationChoice([4, 6, 8, 10], 6),
      aspectRatio: aspectRatio(["9:16", "16:9"]),
      resolution: resolution(["720p", "1080p", "4K"], "1080p"),
    },
    typicalMs: 3 * MINUTE_MS,
  },
  {
    key: "topaz-video-upscale",
    label: "Topaz Upscale",
    description: "Makes a video larger and sharper.",
    prompt: "none",
    attachments: [slot("video_0", "Video", "video", true)],
    fields: {
      upscaleFactor: {
        type: "number",
        title: "Scale",
        minimum: 1,
        maximum: 4,
        default: 2,
        "x-control": "slider",
        "x-unit": "×",
      },
    },
    typicalMs: 3.5 * MINUTE_MS,
  },
  {
    key: "sync-lipsync-v2-pro",
    label: "Sync Lipsync 2 Pro",
    description: "Makes the lips in a video follow a voice.",
    prompt: "none",
    attachments: [slot("video_0", "Video", "video", true), slot("audio_0", "Voice", "audio", true)],
    typicalMs: 2 * MINUTE_MS,
  },
  {
    key: "bria-video-background-removal",
    label: "Remove video background",
    description: "Cuts the subject of a video out of its background.",
    prompt: "none",
    attachments: [slot("video_0", "Video", "video", true)],
    typicalMs: 2 * MINUTE_MS,
  },
]);

const musicModels = family("music", [
  {
    key: "suno-music",
    label: "Suno",
    description: "A piece of music, with or without singing.",
    fields: {
      instrumental: { type: "boolean", title: "Instrumental", description: "No singing.", default: false },
    },
    typicalMs: 2 * MINUTE_MS,
  },
]);

const unitInterval = (title: string, description: string): Field => ({
  type: "number",
  title,
  description,
  minimum: 0,
  maximum: 1,
  "x-control": "slider",
});

const speechModels = family("speech", [
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
]);

const textModels = family("text", [
  {
    key: "openrouter-completion",
    label: "Language model",
    description: "Writes text, and may look at up to four pictures, videos or sounds.",
    attachments: [{ id: "media", label: "Media", type: "media", list: { min: 0, max: 4 } }],
    fields: {
      llm: {
        type: "string",
        title: "Language model",
        enum: [
          "x-ai/grok-4-fast",
          "x-ai/grok-4",
          "openai/gpt-5.2",
          "openai/gpt-5.1",
          "openai/gpt-5-chat",
          "google/gemini-3-pro-preview",
          "google/gemini-3-flash-preview",
          "anthropic/claude-opus-4.5",
          "anthropic/claude-sonnet-4.5",
          "anthropic/claude-sonnet-4.6",
        ],
        default: "x-ai/grok-4-fast",
      },
      systemPrompt: {
        type: "string",
        title: "System prompt",
        description: "How it should answer.",
        "x-control": "textarea",
      },
      reasoningEnabled: { type: "boolean", title: "Reasoning" },
      reasoningEffort: {
        type: "string",
        title: "Reasoning effort",
        enum: ["minimal", "low", "medium", "high", "xhigh"],
      },
      reasoningMaxTokens: { type: "integer", title: "Most reasoning tokens", minimum: 1024, maximum: 32_000 },
      maxOutputTokens: { type: "integer", title: "Most output tokens", minimum: 1024, maximum: 128_000 },
    },
    typicalMs: 15 * SECOND_MS,
  },
  {
    key: "extract-brand-style",
    label: "Brand style",
    description: "Describes the style that one to eight pictures share.",
    prompt: "none",
    attachments: [references(8, 1)],
    typicalMs: 20 * SECOND_MS,
  },
]);

const flag = (title: string, description: string, defaultValue?: boolean): Field => ({
  type: "boolean",
  title,
  description,
  ...(defaultValue === undefined ? {} : { default: defaultValue }),
});

const scheduledAt: Field = {
  type: "string",
  title: "Post at",
  description:
    "A time with its offset, such as 2026-12-24T18:00:00+01:00, 5 minutes to 29 days ahead. Empty: as soon as it is approved.",
  "x-placeholder": "2026-12-24T18:00:00+01:00",
};

const publishTargets: readonly PublishTarget[] = [
  {
    platform: "instagram",
    label: "Instagram",
    description: "An image as a post, a video as a reel, either as a story.",
    kinds: ["image", "video"],
    platformRules: platformRules.instagram,
    schedule: documentedSchedule,
    params: objectSchema({
      product: {
        type: "string",
        title: "As",
        description: "Left out: an image becomes a post, a video a reel.",
        enum: ["IMAGE", "REELS", "STORIES"],
        "x-control": "segmented",
        "x-enumLabels": { IMAGE: "Post", REELS: "Reel", STORIES: "Story" },
      },
      altText: {
        type: "string",
        title: "Alt text",
        description: "What the picture shows, for people who cannot see it.",
        maxLength: 1000,
        "x-control": "textarea",
      },
      shareToFeed: flag("Also in the feed", "For reels."),
      scheduledAt,
    }),
  },
  {
    platform: "tiktok",
    label: "TikTok",
    description: "A video, posted directly or sent to the app's inbox.",
    kinds: ["video"],
    platformRules: platformRules.tiktok,
    schedule: documentedSchedule,
    params: objectSchema({
      privacyLevel: {
        type: "string",
        title: "Who can see it",
        enum: ["SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "PUBLIC_TO_EVERYONE"],
        default: "SELF_ONLY",
        "x-enumLabels": {
          SELF_ONLY: "Only me",
          MUTUAL_FOLLOW_FRIENDS: "Friends",
          FOLLOWER_OF_CREATOR: "Followers",
          PUBLIC_TO_EVERYONE: "Everyone",
        },
      },
      postMode: {
        type: "string",
        title: "Goes to",
        enum: ["direct", "inbox"],
        default: "direct",
        "x-control": "segmented",
        "x-enumLabels": { direct: "Profile", inbox: "Inbox" },
      },
      isAigc: flag("Made with AI", "Labels the post as made with AI.", true),
      disableComment: flag("No comments", "Turns comments off."),
      disableDuet: flag("No duets", "Turns duets off."),
      disableStitch: flag("No stitches", "Turns stitches off."),
      discloseCommercial: flag("Commercial content", "Says that the post promotes something."),
      brandOrganic: flag("Your brand", "It promotes your own brand."),
      brandedContent: flag("Paid partnership", "It promotes somebody else's brand."),
      scheduledAt,
    }),
  },
];

export const builtInCatalogue: Catalogue = {
  source: "built-in",
  models: [...imageModels, ...videoModels, ...musicModels, ...speechModels, ...textModels],
  publishTargets,
  remoteEditing: "unknown",
};
