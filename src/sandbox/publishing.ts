import { z } from "zod";
import type { MediaKind } from "../base/media-kind.ts";
import { type PublishPlatform, platforms } from "../nodes/publish/platforms/platforms.ts";
import { invalid } from "./apiError.ts";
import { uuidOf } from "./state.ts";

const caption = z.string().max(2200).optional().meta({ title: "Caption" });
const flag = (title: string) => z.boolean().optional().meta({ title });

const scheduledAt = z.iso
  .datetime({ offset: true })
  .optional()
  .meta({ title: "Post at", description: "5 minutes to 29 days ahead." });

/** What a post takes beside its media, account and caption; `GET /capabilities` shows these. */
const instagramParams = z.looseObject({
  altText: z.string().max(1000).optional().meta({ title: "Alt text" }),
  product: z.enum(["IMAGE", "REELS", "STORIES"]).optional().meta({
    title: "Product",
    description: "Left out: IMAGE for images, REELS for videos.",
  }),
  shareToFeed: flag("Share to feed"),
  scheduledAt,
});

const tiktokParams = z.looseObject({
  privacyLevel: z
    .enum(["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"])
    .default("SELF_ONLY")
    .meta({ title: "Who can see it" }),
  isAigc: z.boolean().default(true).meta({ title: "AI-generated label" }),
  postMode: z.enum(["direct", "inbox"]).default("direct").meta({ title: "Post mode" }),
  disableComment: flag("No comments"),
  disableDuet: flag("No duets"),
  disableStitch: flag("No stitches"),
  discloseCommercial: flag("Commercial content"),
  brandOrganic: flag("Own brand"),
  brandedContent: flag("Paid partnership"),
  scheduledAt,
});

const common = { mediaId: z.string().min(1), caption };

/** How one platform answers here: written down apart from the client's record, so that each checks the other. */
type PublishTarget = {
  readonly operation: string;
  readonly label: string;
  readonly description: string;
  readonly kinds: readonly MediaKind[];
  readonly accountField: string;
  readonly idField: string;
  readonly cursorField: string;
  readonly params: z.ZodObject;
  readonly body: z.ZodObject;
  /** What the request is kept as, for media of this kind. @throws ApiError where it does not fit */
  request(body: Readonly<Record<string, unknown>>, kind: MediaKind): Record<string, unknown>;
  /** Under its own names, the invented accounts of one key: the first is one that every sandbox has. */
  accounts(accountId: string): readonly Readonly<Record<string, unknown>>[];
  /** What a job that posted says of the post. */
  post(names: {
    readonly jobId: string;
    readonly number: string;
    readonly code: string;
  }): Record<string, string>;
};

/** A platform that the studio knows and the sandbox does not is no program. */
export const publishTargets: { readonly [Platform in PublishPlatform]: PublishTarget } = {
  instagram: {
    operation: "instagramPublish",
    label: "Instagram",
    description: "Posts an image, a reel or a story.",
    kinds: ["image", "video"],
    accountField: "instagramAccountId",
    idField: "instagramPublishId",
    cursorField: "cursorInstagramPublishId",
    params: instagramParams,
    body: instagramParams.extend({ ...common, instagramAccountId: z.uuid() }),
    request(body, kind) {
      const product = body["product"] ?? (kind === "image" ? "IMAGE" : "REELS");
      if ((product === "IMAGE" && kind !== "image") || (product === "REELS" && kind !== "video"))
        throw invalid(`'product' is not valid: ${product} does not take ${kind}`);
      return { ...body, product };
    },
    accounts: (accountId) =>
      ["catwalk.studio", "second.look.sandbox"].map((username, i) => ({
        instagramAccountId:
          i === 0 ? platforms.instagram.sandboxAccountId : uuidOf(`${accountId} instagram ${i}`),
        igUserId: `1784${BigInt(`0x${uuidOf(`${accountId} ig ${i}`).slice(0, 8)}`)}`,
        username,
        accountType: "BUSINESS",
        status: "active",
        scopes: ["instagram_basic", "instagram_content_publish"],
      })),
    post: ({ jobId, number, code }) => ({
      instagramPublishId: uuidOf(`publish ${jobId}`),
      igMediaId: `17${number}`,
      permalink: `https://sandbox.invalid/instagram/p/${code}/`,
    }),
  },
  tiktok: {
    operation: "tiktokPublish",
    label: "TikTok",
    description: "Posts a video, or sends it to the account's inbox.",
    kinds: ["video"],
    accountField: "tiktokAccountId",
    idField: "tiktokPublishId",
    cursorField: "cursorTiktokPublishId",
    params: tiktokParams,
    body: tiktokParams.extend({ ...common, tiktokAccountId: z.uuid() }),
    request: (body) => body,
    accounts: (accountId) =>
      [
        ["catwalk.studio", "Catwalk Studio"],
        ["second.look.sandbox", "Second Look (Sandbox)"],
      ].map(([username, displayName], i) => ({
        tiktokAccountId: i === 0 ? platforms.tiktok.sandboxAccountId : uuidOf(`${accountId} tiktok ${i}`),
        tiktokUserId: uuidOf(`${accountId} tt ${i}`),
        username,
        displayName,
        avatarUrl: "https://sandbox.invalid/avatar.png",
        status: "active",
        grantedScopes: ["user.info.basic", "video.publish", "video.upload"],
      })),
    post: ({ jobId, number, code }) => ({
      tiktokPublishId: uuidOf(`publish ${jobId}`),
      publishId: `v_pub~${number}`,
      tiktokMediaId: `7${number}`,
      permalink: `https://sandbox.invalid/tiktok/video/${code}`,
    }),
  },
};
