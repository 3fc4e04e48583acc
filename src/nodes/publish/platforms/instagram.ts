import { documentedSchedule, flag, type PlatformRecord, scheduleField, scheduleParam } from "./platform.ts";

/**
 * @see docs/wondercat-api.md, section 9.1
 * @see https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media for captions
 * (30 hashtags, 20 @ tags) and aspect ratios (images 4:5 to 1.91:1, reels and stories 0.01:1 to 10:1).
 */
export const instagram = {
  title: "Instagram",
  description: "An image as a post, a video as a reel, either as a story.",
  keywords: ["instagram", "insta", "ig", "reel", "story"],
  api: {
    create: "/publish/instagram",
    accounts: "/instagram/accounts",
    posts: "/instagram/publishes",
    accountField: "instagramAccountId",
    postField: "instagramPublishId",
    cursorField: "cursorInstagramPublishId",
  },
  kinds: ["image", "video"],
  product: {
    param: "product",
    usual: { image: "IMAGE", video: "REELS", audio: "IMAGE" },
    isSaid: true,
    words: { IMAGE: "Post", REELS: "Reel", STORIES: "Story", CAROUSEL: "Carousel" },
    only: {
      IMAGE: {
        kind: "image",
        message: "A video cannot be posted as an image.",
        remedy: "Choose Reel or Story.",
      },
      REELS: {
        kind: "video",
        message: "An image cannot be posted as a reel.",
        remedy: "Choose Post or Story.",
      },
    },
  },
  timedParams: ["product"],
  longestCaption: 2200,
  schedule: documentedSchedule,
  rules: {
    caption: [
      { counts: "hashtags", most: 30 },
      { counts: "mentions", most: 20 },
    ],
    ratios: {
      IMAGE: { least: 4 / 5, most: 1.91, words: "a post takes 4:5 to 1.91:1" },
      REELS: { least: 0.01, most: 10, words: "a reel takes 0.01:1 to 10:1, and 9:16 fills the screen" },
      STORIES: { least: 0.01, most: 10, words: "a story takes 0.01:1 to 10:1, and 9:16 fills the screen" },
    },
  },
  fields: {
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
    [scheduleParam]: scheduleField,
  },
  sandboxAccountId: "5a9db0c5-1111-4000-8000-00000000c001",
} as const satisfies PlatformRecord;
