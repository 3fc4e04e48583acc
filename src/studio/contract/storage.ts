import { z } from "zod";
import { base } from "./base.ts";
import { LEAST_DISK_LIMIT_BYTES, storageClasses } from "./facts.ts";
import { answer, type Shape } from "./shape.ts";

export type StorageClass = (typeof storageClasses)[number];

const usage = z.record(z.enum(storageClasses), z.strictObject({ bytes: z.number(), files: z.number() }));
export type StorageUsage = Shape<typeof usage>;

/** How media and previews stand to the bound on their use of the disk, in bytes. */
const diskBoundState = z.strictObject({
  limitBytes: z.number(),
  usedBytes: z.number(),
  /** Of it what can be made again free of charge: previews, and renders whose recipe can still be carried out. */
  freeableBytes: z.number(),
});
export type DiskBoundState = Shape<typeof diskBoundState>;

const freed = z.strictObject({ freedBytes: z.number() });

export const storageContract = {
  /** What fills the data folder, by what it is. */
  usage: base.output(answer(usage)),
  /** Takes away posters and waveforms; they are drawn again when they are looked at. */
  clearPreviews: base.output(answer(freed)),
  /**
   * Above the limit goes by itself what can be made again free of charge, least recently used first, and nothing
   * else ever: results of jobs and a person's files go by hand alone.
   */
  bound: base.output(answer(diskBoundState)),
  setLimit: base
    .input(z.object({ limitBytes: z.int().min(LEAST_DISK_LIMIT_BYTES) }))
    .output(answer(diskBoundState)),
  /** Takes away all that can be made again free of charge. */
  freeUp: base.output(answer(freed.extend({ files: z.number() }))),
};
