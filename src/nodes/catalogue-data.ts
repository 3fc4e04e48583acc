import type { Catalogue, PublishTarget } from "./definition/catalogue.ts";
import { type Field, objectSchema } from "./fields/form.ts";
import { builtInModels } from "./generate/families.ts";
import { platformRules } from "./publish/platform-rules.ts";
import { documentedSchedule } from "./publish/schedule.ts";

/**
 * The catalogue used where a server does not say what it has. Facts and their sources: docs/wondercat-api.md, 9.1 and
 * 9.2 (publishing); models stand with their families.
 */

const flag = (title: string, description: string, defaultValue?: boolean): Field => ({
  type: "boolean",
  title,
  description,
  ...(defaultValue === undefined ? {} : { default: defaultValue }),
});

const scheduledAt: Field = {
  type: "string",
  title: "Post at",
  description:
    "A time with its offset, such as 2026-12-24T18:00:00+01:00, 5 minutes to 29 days ahead. Empty: as soon as it is approved.",
  "x-placeholder": "2026-12-24T18:00:00+01:00",
};

const publishTargets: readonly PublishTarget[] = [
  {
    platform: "instagram",
    label: "Instagram",
    description: "An image as a post, a video as a reel, either as a story.",
    kinds: ["image", "video"],
    platformRules: platformRules.instagram,
    schedule: documentedSchedule,
    params: objectSchema({
      product: {
        type: "string",
        title: "As",
        description: "Left out: an image becomes a post, a video a reel.",
        enum: ["IMAGE", "REELS", "STORIES"],
        "x-control": "segmented",
        "x-enumLabels": { IMAGE: "Post", REELS: "Reel", STORIES: "Story" },
      },
      altText: {
        type: "string",
        title: "Alt text",
        description: "What the picture shows, for people who cannot see it.",
        maxLength: 1000,
        "x-control": "textarea",
      },
      shareToFeed: flag("Also in the feed", "For reels."),
      scheduledAt,
    }),
  },
  {
    platform: "tiktok",
    label: "TikTok",
    description: "A video, posted directly or sent to the app's inbox.",
    kinds: ["video"],
    platformRules: platformRules.tiktok,
    schedule: documentedSchedule,
    params: objectSchema({
      privacyLevel: {
        type: "string",
        title: "Who can see it",
        enum: ["SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "PUBLIC_TO_EVERYONE"],
        default: "SELF_ONLY",
        "x-enumLabels": {
          SELF_ONLY: "Only me",
          MUTUAL_FOLLOW_FRIENDS: "Friends",
          FOLLOWER_OF_CREATOR: "Followers",
          PUBLIC_TO_EVERYONE: "Everyone",
        },
      },
      postMode: {
        type: "string",
        title: "Goes to",
        enum: ["direct", "inbox"],
        default: "direct",
        "x-control": "segmented",
        "x-enumLabels": { direct: "Profile", inbox: "Inbox" },
      },
      isAigc: flag("Made with AI", "Labels the post as made with AI.", true),
      disableComment: flag("No comments", "Turns comments off."),
      disableDuet: flag("No duets", "Turns duets off."),
      disableStitch: flag("No stitches", "Turns stitches off."),
      discloseCommercial: flag("Commercial content", "Says that the post promotes something."),
      brandOrganic: flag("Your brand", "It promotes your own brand."),
      brandedContent: flag("Paid partnership", "It promotes somebody else's brand."),
      scheduledAt,
    }),
  },
];

export const builtInCatalogue: Catalogue = {
  source: "built-in",
  models: builtInModels,
  publishTargets,
  remoteEditing: "unknown",
};
