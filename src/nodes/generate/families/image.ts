import type { GenerateFamilyRecord } from "./family.ts";
import { aspectRatio, MINUTE_MS, references, resolution, SECOND_MS, slot, styleId } from "./fields.ts";

const nanoBanana = ["9:16", "16:9", "1:1", "4:5", "4:3", "3:4", "3:2", "2:3", "21:9"] as const;

export const image: GenerateFamilyRecord = {
  path: "/image/generate",
  output: "image",
  deadlineMs: 15 * MINUTE_MS,
  label: "Image",
  title: "Generate image",
  description: "Makes a picture from words, or from words and pictures.",
  keywords: ["picture", "photo", "draw", "paint", "ai"],
  icon: "Image",
  placeholder: "Describe the picture",
  cardParams: ["aspectRatio"],
  models: [
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
      fields: {
        aspectRatio: aspectRatio(["1:1", "21:9", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "9:21"]),
      },
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
  ],
};
