import { documentedSchedule, flag, type PlatformRecord, scheduleField, scheduleParam } from "./platform.ts";

/** @see docs/wondercat-api.md, section 9.2 */
export const tiktok = {
  title: "TikTok",
  description: "A video, posted directly or sent to the app's inbox.",
  keywords: ["tiktok", "tt"],
  api: {
    create: "/publish/tiktok",
    accounts: "/tiktok/accounts",
    posts: "/tiktok/publishes",
    accountField: "tiktokAccountId",
    postField: "tiktokPublishId",
    cursorField: "cursorTiktokPublishId",
  },
  kinds: ["video"],
  product: {
    param: "postMode",
    usual: { image: "direct", video: "direct", audio: "direct" },
    isSaid: false,
    words: { direct: "Direct post", inbox: "To the inbox" },
    only: {},
  },
  timedParams: [],
  longestCaption: 2200,
  schedule: documentedSchedule,
  rules: { caption: [], ratios: {} },
  fields: {
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
    [scheduleParam]: scheduleField,
  },
  sandboxAccountId: "5a9db0c5-2222-4000-8000-00000000c002",
} as const satisfies PlatformRecord;
