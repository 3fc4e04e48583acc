import type { MediaKind } from "../../../base/media-kind.ts";
import type { TextUnit } from "../../../graph/describe/describe.ts";
import type { PublishApi } from "../../../wondercat/types.ts";
import type { Said } from "../../../words/message.ts";
import type { Field } from "../../fields/form.ts";

/** All that is said of one platform: how the API posts to it, what it takes, and how a person reads of it. */
export type PlatformRecord = {
  /** Its name, as a person reads it. */
  readonly title: string;
  /** One sentence: what is posted as what. */
  readonly description: string;
  /** Words that find it in the palette, the nearest first. */
  readonly keywords: readonly string[];
  readonly api: PublishApi;
  readonly kinds: readonly ("image" | "video")[];
  /** What a post can be, and how the ledger tells posts of the same media apart. */
  readonly product: ProductRule;
  /** Params that decide how long a post takes, by their API names. The names of the times kept are made of them. */
  readonly timedParams: readonly string[];
  /** In characters, as the API documents it. */
  readonly longestCaption: number;
  readonly schedule: ScheduleRule;
  readonly rules: PlatformRules;
  /** The params of its own, by their API names, where a server does not say. */
  readonly fields: Readonly<Record<string, Field>>;
  /** The account that every sandbox has, so that graphs which name it run anywhere and may keep it on export. */
  readonly sandboxAccountId: string;
};

export type ProductRule = {
  /** The param that names it. */
  readonly param: string;
  /** What media become where the param is not set. Stored in every ledger: it is never changed. */
  readonly usual: Readonly<Record<MediaKind, string>>;
  /** Whether a create says it even where the platform would guess it. */
  readonly isSaid: boolean;
  /** What a person reads of each. */
  readonly words: Readonly<Record<string, string>>;
  /** Of products that take one kind alone: what is said when another comes. */
  readonly only: Readonly<Record<string, { readonly kind: MediaKind } & Refusal>>;
};

export type Refusal = { readonly message: Said; readonly remedy: Said };

/** When a post may be told to go out, in milliseconds from now. */
export type ScheduleRule = { readonly leastAheadMs: number; readonly mostAheadMs: number };

/**
 * What a platform refuses by itself, after the media was paid. The Wondercat API documents none of it, so it is told as
 * a warning. A platform that states no such rule has none.
 */
export type PlatformRules = {
  readonly caption: readonly { readonly counts: TextUnit; readonly most: number }[];
  /** Width by height, by product. */
  readonly ratios: Readonly<
    Record<string, { readonly least: number; readonly most: number; readonly words: string }>
  >;
};

const MINUTE_MS = 60_000;

/** @see docs/wondercat-api.md, sections 9.1 and 9.2 */
export const documentedSchedule: ScheduleRule = {
  leastAheadMs: 5 * MINUTE_MS,
  mostAheadMs: 29 * 24 * 60 * MINUTE_MS,
};

/** By its API name, the same on every platform. @see docs/wondercat-api.md, sections 9.1 and 9.2 */
export const scheduleParam = "scheduledAt";

export const scheduleField: Field = {
  type: "string",
  title: "Post at",
  description:
    "A time with its offset, such as 2026-12-24T18:00:00+01:00, 5 minutes to 29 days ahead. Empty: as soon as it is approved.",
  "x-placeholder": "2026-12-24T18:00:00+01:00",
};

export const flag = (title: string, description: string, defaultValue?: boolean): Field => ({
  type: "boolean",
  title,
  description,
  ...(defaultValue === undefined ? {} : { default: defaultValue }),
});
