import { type MediaKind, mediaKinds } from "../../base/media-kind.ts";

/** Typed inputs and outputs of a node, and what fits what. */

/** `media` is any of image, video and audio. */
export type PortType = MediaKind | "text" | "media";

const kindsByType: { readonly [Type in PortType]: readonly MediaKind[] } = {
  image: ["image"],
  video: ["video"],
  audio: ["audio"],
  media: mediaKinds,
  text: [],
};

/** The kinds of media that go through a port of this type. */
export function mediaKindsOf(type: PortType): readonly MediaKind[] {
  return kindsByType[type];
}

export type RatioRule = {
  readonly platform: string;
  readonly byKind: Partial<
    Readonly<Record<MediaKind, { readonly least: number; readonly most: number; readonly words: string }>>
  >;
};

export type InputPort = {
  /** A stable slot name (`video_0`, `reference_images`), never a position. */
  readonly id: string;
  readonly label: string;
  readonly type: PortType;
  /** Narrows a `media` port, e.g. a post that takes images and videos but no audio. */
  readonly kinds?: readonly MediaKind[];
  /** Takes every wire, ordered by `edge.data.order`. A port that is no list takes one wire. */
  readonly list?: {
    readonly min: number;
    readonly max: number;
    /** Takes its wires as a list, but items one at a time, as a port that is no list does. */
    readonly perItem?: true;
  };
  readonly required?: boolean;
  /** The pictures and videos that a platform takes there, by their kind. Others are a warning. */
  readonly ratios?: RatioRule;
  /** The param that holds the same thing written on the card. A wire here overrides it. */
  readonly param?: string;
};

export type OutputPort = {
  readonly id: string;
  readonly label: string;
  /** `sameAs` names the input whose type flows through, e.g. a text overlay gives back an image for an image. */
  readonly type: PortType | { readonly sameAs: string };
  /** Width by height, where it is known before anything runs. */
  readonly ratio?: number;
  /** The input whose frame goes through unchanged. */
  readonly ratioOf?: string;
  /** Gives one value for each row of a table: what a port that is no list maps over. */
  readonly list?: true;
};

export type Ports = {
  readonly inputs: readonly InputPort[];
  readonly outputs: readonly OutputPort[];
  /** Input ports of which at least one must be wired, where no single one is required. */
  readonly anyOf?: readonly string[];
};
