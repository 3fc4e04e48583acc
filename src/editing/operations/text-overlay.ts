import { z } from "zod";
import {
  hexColor,
  inSlot,
  milliseconds,
  operation,
  paddings,
  percent,
  position,
  SHORTEST_MS,
} from "./operation.ts";

/** The families that ship with the app; local renders draw with these alone. */
export const localFontFamilies = [
  "Inter",
  "Montserrat",
  "Bebas Neue",
  "Oswald",
  "Poppins",
  "Raleway",
  "Anton",
  "Roboto",
] as const;
export type LocalFontFamily = (typeof localFontFamilies)[number];

/** Every font the API names in either generation of its docs. */
const fontFamilies = [
  ...localFontFamilies,
  "TikTok Sans",
  "TikTok Sans Condensed",
  "TikTok Sans SemiCondensed",
  "TikTok Sans SemiExpanded",
  "TikTok Sans Expanded",
  "TikTok Sans ExtraExpanded",
  "Nohemi",
  "Comic Cat",
  "Gavency",
  "Bungee Inline",
  "League Spartan",
  "Darker Grotesque",
] as const;
export type FontFamily = (typeof fontFamilies)[number];

/** What a local render draws with for each family of the API: itself, or the nearest in width and character. */
export const localFontFor: Readonly<Record<FontFamily, LocalFontFamily>> = {
  Inter: "Inter",
  Montserrat: "Montserrat",
  "Bebas Neue": "Bebas Neue",
  Oswald: "Oswald",
  Poppins: "Poppins",
  Raleway: "Raleway",
  Anton: "Anton",
  Roboto: "Roboto",
  "TikTok Sans": "Inter",
  "TikTok Sans Condensed": "Oswald",
  "TikTok Sans SemiCondensed": "Roboto",
  "TikTok Sans SemiExpanded": "Montserrat",
  "TikTok Sans Expanded": "Montserrat",
  "TikTok Sans ExtraExpanded": "Montserrat",
  Nohemi: "Poppins",
  "Comic Cat": "Poppins",
  Gavency: "Raleway",
  "Bungee Inline": "Bebas Neue",
  "League Spartan": "Montserrat",
  "Darker Grotesque": "Raleway",
};

const textPresets = ["TikTok White Highlight", "TikTok Black Highlight", "TikTok Red Highlight"] as const;
export type TextPreset = (typeof textPresets)[number];

export const textOverlay = operation({
  operation: "textOverlay",
  label: "Text overlay",
  description:
    "Writes a text onto a video or an image. Rendered locally, fonts that do not ship with the app are drawn in the nearest one that does (TikTok Sans as Inter, for example).",
  endpoint: { image: "image", video: "video" },
  slots: [{ id: "media_0", label: "Video or image", kind: "media", required: true, field: "mediaIds" }],
  output: { sameAs: "media_0" },
  frame: "kept",
  text: "required",
  localParams: ["startMs", "endMs"],
  // A preset fills what is left out, so what a preset sets has no default here: explicit params win.
  params: z.object({
    preset: z.enum(textPresets).optional().meta({
      title: "Preset",
      description: "A ready look: text on a rounded box. Fields set below win over it.",
    }),
    position: position("Position", "Where the text stands. Default: centre, or the preset's.").optional(),
    sizePercent: percent("Box width", "Width of the text box, in percent of the frame's.", 10, 100).default(
      66,
    ),
    fontFamily: z.enum(fontFamilies).default("Inter").meta({
      title: "Font",
      description: "Fonts that do not ship with the app are drawn in the nearest one.",
    }),
    fontSizeScale: z
      .number()
      .min(0.1)
      .max(5)
      .default(1)
      .meta({ title: "Font size", unit: "×", description: "1 is 7 % of the frame's shorter side." }),
    textColor: hexColor("Text colour", "Default: white, or the preset's.").optional(),
    strokeColor: hexColor("Outline colour", "Default: black.").optional(),
    strokeWidth: z.number().min(0).max(20).optional().meta({
      title: "Outline",
      unit: "px",
      description: "At 1080 px of the shorter side, and scaled with it. Default: 3, or 0 with a preset.",
    }),
    backgroundBorderRadius: z.number().min(0).max(200).default(18).meta({
      title: "Box corners",
      unit: "px",
      description: "Radius of the preset's box, at 1080 px of the shorter side.",
    }),
    ...paddings("Distance from", 5),
    startMs: milliseconds("Show from", "Video only: when the text appears.", 0).optional(),
    endMs: milliseconds("Show until", "Video only: when the text goes.", SHORTEST_MS).optional(),
  }),
  check(params, inputs) {
    if (inSlot(inputs, "media_0")?.kind === "image") return [];
    if (params.endMs !== undefined && params.endMs - (params.startMs ?? 0) < SHORTEST_MS)
      return [{ param: "endMs", message: `The text must show for at least ${SHORTEST_MS} ms.` }];
    return [];
  },
});
