import { z } from "zod";
import type { InputPort } from "../../graph/describe/ports.ts";
import type { Catalogue } from "../../nodes/definition/catalogue.ts";
import { platformNames } from "../../nodes/publish/platforms/platforms.ts";
import type { SocialAccount } from "../../wondercat/types.ts";
import { base } from "./base.ts";
import { mediaKind } from "./media-value.ts";
import { answer, exactly, type Shape } from "./shape.ts";

const platform = z.enum(platformNames);
const jsonSchema = z.record(z.string(), z.unknown());

const ratio = z.strictObject({ least: z.number(), most: z.number(), words: z.string() });

const inputPort = exactly<InputPort>("InputPort")(
  z.strictObject({
    id: z.string(),
    label: z.string(),
    type: z.enum([...mediaKind.options, "text", "media"]),
    kinds: z.array(mediaKind).exactOptional(),
    list: z
      .strictObject({ min: z.number(), max: z.number(), perItem: z.literal(true).exactOptional() })
      .exactOptional(),
    required: z.boolean().exactOptional(),
    ratios: z
      .strictObject({ platform: z.string(), byKind: z.partialRecord(mediaKind, ratio) })
      .exactOptional(),
    param: z.string().exactOptional(),
  }),
);

const catalogue = exactly<Catalogue>("Catalogue")(
  z.strictObject({
    source: z.enum(["server", "built-in"]),
    models: z.array(
      z.strictObject({
        key: z.string(),
        label: z.string(),
        description: z.string(),
        family: z.string(),
        prompt: z.enum(["required", "optional", "none"]),
        attachments: z.array(inputPort),
        params: jsonSchema,
        typicalMs: z.number().exactOptional(),
      }),
    ),
    publishTargets: z.array(
      z.strictObject({
        platform,
        label: z.string(),
        description: z.string(),
        kinds: z.array(mediaKind.exclude(["audio"])),
        params: jsonSchema,
      }),
    ),
    remoteEditing: z.enum(["yes", "no", "unknown"]),
  }),
);

const socialAccount = exactly<SocialAccount>("SocialAccount")(
  z.strictObject({
    accountId: z.string(),
    username: z.string(),
    displayName: z.string().exactOptional(),
    avatarUrl: z.string().exactOptional(),
    status: z.string(),
  }),
);

/** An account that posts can go to. */
const postingAccount = socialAccount.extend({ platform }).meta({ id: "PostingAccount" });
export type PostingAccount = Shape<typeof postingAccount>;

export const catalogueContract = {
  /** The models, publish targets and editing of the chosen server. */
  get: base.output(answer(catalogue)),
  /** Accounts that posts can go to. */
  accounts: base.output(answer(z.array(postingAccount))),
};
