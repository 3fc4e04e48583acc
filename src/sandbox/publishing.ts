import { z } from "zod";
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

export const platforms = ["instagram", "tiktok"] as const;
export type Platform = (typeof platforms)[number];

const common = { mediaId: z.string().min(1), caption };

export const publishTargets = {
  instagram: {
    operation: "instagramPublish",
    label: "Instagram",
    description: "Posts an image, a reel or a story.",
    kinds: ["image", "video"],
    accountField: "instagramAccountId",
    params: instagramParams,
    body: instagramParams.extend({ ...common, instagramAccountId: z.uuid() }),
  },
  tiktok: {
    operation: "tiktokPublish",
    label: "TikTok",
    description: "Posts a video, or sends it to the account's inbox.",
    kinds: ["video"],
    accountField: "tiktokAccountId",
    params: tiktokParams,
    body: tiktokParams.extend({ ...common, tiktokAccountId: z.uuid() }),
  },
} as const;

/** Accounts that every sandbox has under every key, so that example graphs post anywhere. @see src/nodes/sandbox-accounts.ts */
const everywhere = {
  instagram: "5a9db0c5-1111-4000-8000-00000000c001",
  tiktok: "5a9db0c5-2222-4000-8000-00000000c002",
} as const;

/** Two invented accounts for each platform: one that every sandbox has, and one of the key's own. */
export const instagramAccounts = (accountId: string) =>
  ["catwalk.studio", "second.look.sandbox"].map((username, i) => ({
    instagramAccountId: i === 0 ? everywhere.instagram : uuidOf(`${accountId} instagram ${i}`),
    igUserId: `1784${BigInt(`0x${uuidOf(`${accountId} ig ${i}`).slice(0, 8)}`)}`,
    username,
    accountType: "BUSINESS",
    status: "active",
    scopes: ["instagram_basic", "instagram_content_publish"],
  }));

export const tiktokAccounts = (accountId: string) =>
  [
    ["catwalk.studio", "Catwalk Studio"],
    ["second.look.sandbox", "Second Look (Sandbox)"],
  ].map(([username, displayName], i) => ({
    tiktokAccountId: i === 0 ? everywhere.tiktok : uuidOf(`${accountId} tiktok ${i}`),
    tiktokUserId: uuidOf(`${accountId} tt ${i}`),
    username,
    displayName,
    avatarUrl: "https://sandbox.invalid/avatar.png",
    status: "active",
    grantedScopes: ["user.info.basic", "video.publish", "video.upload"],
  }));
