import type { PortType } from "../../src/graph/describe/ports.ts";

/** How a port's type is called where its glyph alone would not do. */
export const portTypeNames: Readonly<Record<PortType, string>> = {
  image: "Image",
  video: "Video",
  audio: "Audio",
  text: "Text",
  media: "Any media",
};
