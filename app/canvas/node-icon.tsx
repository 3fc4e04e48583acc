import {
  AudioLines,
  CircleHelp,
  Clapperboard,
  FolderDown,
  Frame,
  Image,
  type LucideIcon,
  Music,
  PenLine,
  Scissors,
  Send,
  StickyNote,
  Table2,
  TextCursorInput,
  Upload,
} from "lucide-react";
import type { NodeType } from "../../src/nodes/definition.ts";
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
  return icons[type];
}
