import type { PublishPlatform } from "../../wondercat/types.ts";
import type { PlatformRules } from "../definition/catalogue.ts";

/**
 * What a platform refuses by itself, after the media was paid. The Wondercat API documents none of it, so it is told as
 * a warning. A platform that states no such rule has none here.
 *
 * @see https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media for captions
 * (30 hashtags, 20 @ tags) and aspect ratios (images 4:5 to 1.91:1, reels and stories 0.01:1 to 10:1).
 */
export const platformRules: { readonly [Platform in PublishPlatform]: PlatformRules } = {
  instagram: {
    caption: [
      { counts: "hashtags", most: 30 },
      { counts: "mentions", most: 20 },
    ],
    ratios: {
      IMAGE: { least: 4 / 5, most: 1.91, words: "a post takes 4:5 to 1.91:1" },
      REELS: { least: 0.01, most: 10, words: "a reel takes 0.01:1 to 10:1, and 9:16 fills the screen" },
      STORIES: { least: 0.01, most: 10, words: "a story takes 0.01:1 to 10:1, and 9:16 fills the screen" },
    },
    usualProduct: { image: "IMAGE", video: "REELS" },
  },
  tiktok: { caption: [], ratios: {}, usualProduct: {} },
};
