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
import type { IconName } from "../../src/nodes/definition/icon-name.ts";
import { definitionOf, isNodeType } from "../../src/nodes/definitions.ts";

const icons: Readonly<Record<IconName, LucideIcon>> = {
  AudioLines,
  AudioWaveform,
  Camera,
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

function iconOf(type: string, params: NodeIconProps["params"] = {}): LucideIcon {
  if (!isNodeType(type)) return CircleHelp;
  const { icon, iconFor } = definitionOf(type);
  return icons[iconFor?.(params) ?? icon];
}
