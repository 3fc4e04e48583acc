import type { Said } from "../../words/message.ts";
import { type Executor, isMedia, textOf } from "../definition/work.ts";
import { captionTrouble, type PublishParams } from "./definition.ts";
import { scheduleParam } from "./platforms/platform.ts";
import { isPlatform, platforms, productOf, unknownPlatform } from "./platforms/platforms.ts";
import { scheduleOf, unreadableWords } from "./schedule.ts";

export const executePublish: Executor<PublishParams> = ({ platform, accountId, caption, params }, inputs) => {
  const no = (message: Said, remedy: Said) => ({ kind: "impossible", message, remedy }) as const;
  if (!isPlatform(platform)) {
    const { message, remedy } = unknownPlatform(platform);
    return no(message, `${remedy} Nothing was sent.`);
  }
  const media = inputs["media"]?.find(isMedia);
  if (!media) return no("Nothing arrived to publish.", "Wire an image or a video to it.");
  if (!accountId) return no("No account is chosen.", "Choose the account to post to.");
  if (media.kind === "audio") return no("A sound alone cannot be posted.", "Wire an image or a video to it.");
  const { kinds, product, title } = platforms[platform];
  if (!kinds.some((kind) => kind === media.kind))
    return no(`${title} takes ${kinds.join("s and ")}s only.`, `Wire a ${kinds.join(" or ")} to it.`);
  const words = textOf(inputs["caption"]) ?? caption;
  const trouble = captionTrouble(platform, words);
  if (trouble) return no(trouble, "Shorten it.");
  // The approval shows the product and the ledger keeps it, so most platforms are told what they would guess.
  const said = product.isSaid ? { [product.param]: productOf(platform, media.kind, params) } : {};
  const only = product.only[said[product.param] ?? ""];
  if (only && only.kind !== media.kind) return no(only.message, only.remedy);
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
    params: { ...others, ...when, ...said },
  };
};
