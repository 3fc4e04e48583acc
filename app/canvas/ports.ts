import type { PortType } from "../../src/graph/describe/ports.ts";

/** How a port's type is called where its glyph alone would not do. */
export const portTypeNames = {
  image: "canvas.image",
  video: "canvas.video",
  audio: "canvas.audio",
  text: "canvas.text",
  media: "canvas.media",
} as const satisfies Readonly<Record<PortType, string>>;
