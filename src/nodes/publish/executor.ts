import type { MediaKind } from "../../base/media-kind.ts";
import { type Executor, isMedia, textOf } from "../definition/work.ts";
import { captionTrouble, type PublishParams } from "./definition.ts";
import { scheduleOf, scheduleParam, unreadableWords } from "./schedule.ts";

export const executePublish: Executor<PublishParams> = ({ platform, accountId, caption, params }, inputs) => {
  const no = (message: string, remedy: string) => ({ kind: "impossible", message, remedy }) as const;
  const media = inputs["media"]?.find(isMedia);
  if (!media) return no("Nothing arrived to publish.", "Wire an image or a video to it.");
  if (!accountId) return no("No account is chosen.", "Choose the account to post to.");
  if (media.kind === "audio") return no("A sound alone cannot be posted.", "Wire an image or a video to it.");
  if (platform === "tiktok" && media.kind !== "video")
    return no("TikTok takes videos only.", "Wire a video to it.");
  const words = textOf(inputs["caption"]) ?? caption;
  const trouble = captionTrouble(words);
  if (trouble) return no(trouble, "Shorten it.");
  const product = platform === "instagram" ? (params["product"] ?? productOf(media.kind)) : undefined;
  if (product === "IMAGE" && media.kind === "video")
    return no("A video cannot be posted as an image.", "Choose Reel or Story.");
  if (product === "REELS" && media.kind === "image")
    return no("An image cannot be posted as a reel.", "Choose Post or Story.");
  const schedule = scheduleOf(params);
  if (schedule.kind === "unreadable")
    return no(unreadableWords(schedule.text), "Correct it. Nothing was sent.");
  const { [scheduleParam]: _when, ...others } = params;
  const when = schedule.kind === "at" ? { [scheduleParam]: String(params[scheduleParam]).trim() } : {};
  return {
    kind: "publish",
    platform,
    accountId,
    media,
    ...(words === "" ? {} : { caption: words }),
    // The approval shows the product and the ledger keeps it, so it is said even where the platform would guess it.
    params: { ...others, ...when, ...(product === undefined ? {} : { product }) },
  };
};

/** @see docs/wondercat-api.md, section 9.1: images default to IMAGE, videos to REELS. */
function productOf(kind: MediaKind): string {
  return kind === "image" ? "IMAGE" : "REELS";
}
