import {
  AudioLines,
  AudioWaveform,
  Camera,
  CircleHelp,
  Clapperboard,
  Columns2,
  Combine,
  Crop,
  FolderDown,
  Frame,
  Gauge,
  Image,
  ImagePlay,
  Layers2,
  ListMusic,
  type LucideIcon,
  Music,
  PenLine,
  Rewind,
  Scan,
  Scissors,
  ScissorsLineDashed,
  Send,
  StickyNote,
  Table2,
  TextCursorInput,
  Type,
  Upload,
  Volume2,
} from "lucide-react";
import { type EditOperation, isEditOperation } from "../../src/editing/operations.ts";
import type { NodeType } from "../../src/nodes/definition/definition.ts";
import { isNodeType } from "../../src/nodes/definitions.ts";
import type { GenerateFamily } from "../../src/wondercat/types.ts";

const icons: Readonly<Record<NodeType, LucideIcon>> = {
  upload: Upload,
  prompt: TextCursorInput,
  table: Table2,
  generate: Image,
  edit: Scissors,
  publish: Send,
  save: FolderDown,
  note: StickyNote,
  group: Frame,
};

const familyIcons: Readonly<Record<GenerateFamily, LucideIcon>> = {
  image: Image,
  video: Clapperboard,
  music: Music,
  speech: AudioLines,
  text: PenLine,
};

const operationIcons: Readonly<Record<EditOperation, LucideIcon>> = {
  trim: Scissors,
  crop: Crop,
  textOverlay: Type,
  merge: Combine,
  extractFrame: Camera,
  imageToVideo: ImagePlay,
  speed: Gauge,
  volume: Volume2,
  editAudio: ListMusic,
  overlay: Layers2,
  splitScreen: Columns2,
  reverseVideo: Rewind,
  extractAudio: AudioWaveform,
  imageCrop: Scan,
  audioTrim: ScissorsLineDashed,
};

export type NodeIconProps = {
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly size?: number;
};

export function NodeIcon({ type, params, size = 14 }: NodeIconProps) {
  const Icon = iconOf(type, params);
  return <Icon size={size} strokeWidth={1.75} aria-hidden="true" />;
}

function iconOf(type: string, params: NodeIconProps["params"]): LucideIcon {
  if (!isNodeType(type)) return CircleHelp;
  const family = params?.["family"];
  if (type === "generate" && typeof family === "string" && Object.hasOwn(familyIcons, family))
    return familyIcons[family as GenerateFamily]; // one of the record's own keys, as just checked
  if (type === "edit" && isEditOperation(params?.["operation"])) return operationIcons[params["operation"]];
  return icons[type];
}
