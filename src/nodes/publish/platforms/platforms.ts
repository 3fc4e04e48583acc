import type { MediaKind } from "../../../base/media-kind.ts";
import { either } from "../../../base/words.ts";
import { instagram } from "./instagram.ts";
import type { PlatformRecord, Refusal } from "./platform.ts";
import { tiktok } from "./tiktok.ts";

/** Where posts can go, in the order of the choice. A platform is its file and its line here. */
const records = { instagram, tiktok } as const satisfies Readonly<Record<string, PlatformRecord>>;

export type PublishPlatform = keyof typeof records;

export const platforms: Readonly<Record<PublishPlatform, PlatformRecord>> = records;

export const platformNames = Object.keys(records) as PublishPlatform[]; // the record's own keys

/** What a file means that names none. Never changed: such files would post elsewhere. */
export const defaultPlatform = "instagram" satisfies PublishPlatform;

export const isPlatform = (name: unknown): name is PublishPlatform =>
  typeof name === "string" && Object.hasOwn(platforms, name);

export const findPlatform = (name: unknown): PlatformRecord | undefined =>
  isPlatform(name) ? platforms[name] : undefined;

/** As a person reads it; of a platform that this version does not know, its name in the file. */
export const platformTitle = (name: string): string => findPlatform(name)?.title ?? name;

/** What is said wherever a platform is met that this version does not know. It is never taken for another. */
export function unknownPlatform(name: string): Refusal {
  return {
    message: `This Catwalk does not know the platform “${name.slice(0, 60)}”.`,
    remedy: `Update Catwalk, or choose ${either(platformNames.map(platformTitle))}.`,
  };
}

type Params = Readonly<Record<string, unknown>>;

/** What a post is there, such as a reel: as its params say, else what such media become. A part of the ledger's key. */
export function productOf(platform: PublishPlatform, kind: MediaKind, params: Params): string {
  const { param, usual } = platforms[platform].product;
  const named = params[param];
  return typeof named === "string" ? named : usual[kind];
}

/** As a person reads a product; of one that is not known, its name in the API. */
export function productWords(platform: string, product: string): string {
  return findPlatform(platform)?.product.words[product] ?? product;
}

/** The name that the durations of such posts are kept under. */
export function timesName(platform: PublishPlatform, params: Params): string {
  const timed = platforms[platform].timedParams.flatMap((name) => {
    const value = params[name];
    return value === undefined ? [] : [`${name}=${String(value)}`];
  });
  return [platform, ...timed].join(" ");
}

/** The names that a post may get, the likeliest first, while its media are not there: they decide what it becomes. */
export function possibleTimesNames(platform: PublishPlatform, params: Params): readonly string[] {
  const { product, kinds } = platforms[platform];
  const names = kinds.map((kind) => timesName(platform, { [product.param]: product.usual[kind], ...params }));
  // A video takes longer than a picture: the later end is the safer one to tell.
  return [...new Set(names.reverse())];
}
