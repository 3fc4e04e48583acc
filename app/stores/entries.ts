import { editOperationNames, editOperations } from "../../src/editing/operations.ts";
import type { OutputPort, Ports, PortType } from "../../src/graph/ports.ts";
import { fits } from "../../src/graph/wires.ts";
import type { Catalogue } from "../../src/nodes/definition/catalogue.ts";
import type { NodeFamily, NodeType } from "../../src/nodes/definition/definition.ts";
import { definitionOf, freshParams } from "../../src/nodes/definitions.ts";

/** One thing a person can add: a node type, or a node type with its first param already chosen. */
export type PaletteEntry = {
  readonly id: string;
  readonly type: NodeType;
  readonly params: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly description: string;
  readonly family: NodeFamily;
  readonly keywords: readonly string[];
  /** Shown in the drawer; the rest is found by searching. */
  readonly common: boolean;
};

type Choice = readonly [value: string, title: string, description: string, keywords: readonly string[]];

const families: readonly Choice[] = [
  [
    "image",
    "Generate image",
    "Makes a picture from words, or from words and pictures.",
    ["picture", "photo", "draw", "ai"],
  ],
  [
    "video",
    "Generate video",
    "Makes a clip from words, or brings a picture to life.",
    ["clip", "film", "animate", "ai"],
  ],
  ["music", "Generate music", "Makes a piece of music from words.", ["song", "sound", "audio", "ai"]],
  ["speech", "Generate speech", "Reads a text aloud.", ["voice", "speak", "audio", "narrate", "ai"]],
  [
    "text",
    "Generate text",
    "Writes a text: a prompt, a caption, a script.",
    ["write", "words", "caption", "script", "ai"],
  ],
];

const platforms: readonly Choice[] = [
  [
    "instagram",
    "Publish to Instagram",
    "Posts a picture or video to Instagram, after you approve it.",
    ["post", "share", "social", "reel", "story"],
  ],
  [
    "tiktok",
    "Publish to TikTok",
    "Posts a picture or video to TikTok, after you approve it.",
    ["post", "share", "social"],
  ],
];

const commonEdits: ReadonlySet<string> = new Set([
  "trim",
  "crop",
  "textOverlay",
  "merge",
  "extractFrame",
  "imageToVideo",
]);

function entry(type: NodeType, given: Partial<PaletteEntry> = {}): PaletteEntry {
  const { title, description, family, keywords } = definitionOf(type);
  return { id: type, type, params: {}, title, description, family, keywords, common: true, ...given };
}

export const paletteEntries: readonly PaletteEntry[] = [
  entry("upload"),
  entry("prompt"),
  entry("table"),
  ...families.map(([family, title, description, keywords]) =>
    entry("generate", { id: `generate:${family}`, params: { family }, title, description, keywords }),
  ),
  ...editOperationNames.map((operation) =>
    entry("edit", {
      id: `edit:${operation}`,
      params: { operation },
      title: editOperations[operation].label,
      description: editOperations[operation].description,
      keywords: ["edit", operation, "cut", "render"],
      common: commonEdits.has(operation),
    }),
  ),
  ...platforms.map(([platform, title, description, keywords]) =>
    entry("publish", { id: `publish:${platform}`, params: { platform }, title, description, keywords }),
  ),
  entry("save"),
  entry("note"),
  entry("group"),
];

export const familyTitles: Readonly<Record<NodeFamily, string>> = {
  input: "Input",
  generate: "Generate",
  edit: "Edit",
  output: "Output",
  layout: "Layout",
};

export function freshPorts(entry: PaletteEntry, catalogue: Catalogue): Ports {
  const definition = definitionOf(entry.type);
  return definition.ports(
    definition.params.parse(freshParams(entry.type, catalogue, entry.params)),
    catalogue,
  );
}

/** The end of a wire that hangs in the air. */
export type LooseEnd = { readonly side: "source" | "target"; readonly type: PortType };

/** The first port of a fresh node that the wire could go to. */
export function portFor(entry: PaletteEntry, end: LooseEnd, catalogue: Catalogue): string | undefined {
  const ports = freshPorts(entry, catalogue);
  if (end.side === "source") return ports.inputs.find((port) => fits(end.type, port))?.id;
  return ports.outputs.find((port) => fits(outputType(port), { type: end.type }))?.id;
}

const outputType = ({ type }: OutputPort): PortType => (typeof type === "string" ? type : "media");
