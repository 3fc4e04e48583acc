import { type } from "@orpc/contract";
import { z } from "zod";
import { base } from "./base.ts";

/** What the data folder holds. `renders` and `previews` can be made again here, free of charge. */
export const storageClasses = [
  "results",
  "uploads",
  "renders",
  "previews",
  "records",
  "saved",
  "sandbox",
  "other",
] as const;
export type StorageClass = (typeof storageClasses)[number];

export type StorageUsage = {
  readonly [Class in StorageClass]: { readonly bytes: number; readonly files: number };
};

/** At least this much, in bytes: 100 MB. */
export const LEAST_DISK_LIMIT_BYTES = 100_000_000;

/** How media and previews stand to the bound on their use of the disk, in bytes. */
export type DiskBoundState = {
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Of it what can be made again free of charge: previews, and renders whose recipe can still be carried out. */
  readonly freeableBytes: number;
};

export const storageContract = {
  /** What fills the data folder, by what it is. */
  usage: base.output(type<StorageUsage>()),
  /** Takes away posters and waveforms; they are drawn again when they are looked at. */
  clearPreviews: base.output(type<{ readonly freedBytes: number }>()),
  /**
   * Above the limit goes by itself what can be made again free of charge, least recently used first, and nothing
   * else ever: results of jobs and a person's files go by hand alone.
   */
  bound: base.output(type<DiskBoundState>()),
  setLimit: base
    .input(z.object({ limitBytes: z.int().min(LEAST_DISK_LIMIT_BYTES) }))
    .output(type<DiskBoundState>()),
  /** Takes away all that can be made again free of charge. */
  freeUp: base.output(type<{ readonly freedBytes: number; readonly files: number }>()),
};
