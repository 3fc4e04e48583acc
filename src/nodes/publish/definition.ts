import { z } from "zod";
import { mediaKinds } from "../../base/media-kind.ts";
import { counted } from "../../base/words.ts";
import { schemaIssues, withDefaults } from "../../graph/describe/json-schema.ts";
import type { InputPort, RatioRule } from "../../graph/describe/ports.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import { columnsNamed } from "../../graph/lists/templates.ts";
import type { PublishPlatform } from "../../wondercat/types.ts";
import type { Catalogue, PublishTarget } from "../definition/catalogue.ts";
import type { NodeDefinition } from "../definition/definition.ts";
import { objectSchema, withHints } from "../fields/form.ts";
import { scheduleOf, scheduleParam, unreadableWords } from "./schedule.ts";

const publishPlatforms = ["instagram", "tiktok"] as const satisfies PublishPlatform[];

/** In characters, both platforms. @see docs/wondercat-api.md, sections 9.1 and 9.2 */
const LONGEST_CAPTION = 2200;

export type PublishParams = {
  platform: PublishPlatform;
  accountId?: string | undefined;
  caption: string;
  params: Record<string, unknown>;
};

const names: Readonly<Record<PublishPlatform, string>> = { instagram: "Instagram", tiktok: "TikTok" };

/** Words that find a platform in the palette, the nearest first. */
const paletteWords: Readonly<Record<PublishPlatform, readonly string[]>> = {
  instagram: ["instagram", "insta", "ig", "reel", "story"],
  tiktok: ["tiktok", "tt"],
};

export const publish: NodeDefinition<PublishParams> = {
  type: "publish",
  title: "Publish",
  description: "Posts a picture or video to Instagram or TikTok, after you approve it.",
  family: "output",
  keywords: ["post", "share", "instagram", "tiktok", "reels", "story", "social", "upload"],
  work: { kind: "publish" },
  icon: "Send",
  variants: publishPlatforms.map((platform) => ({
    id: platform,
    params: { platform },
    title: `Publish to ${names[platform]}`,
    description: `Posts a picture or video to ${names[platform]}, after you approve it.`,
    keywords: [...paletteWords[platform], "post", "share", "social"],
  })),
  cardFields: () => ["accountId", "caption"],
  templated: ["caption", `params.${scheduleParam}`, "params.altText"],
  textLimits(params, catalogue) {
    const caption = findTarget(params, catalogue)?.platformRules.caption ?? [];
    return [
      { param: "caption", counts: "characters", most: LONGEST_CAPTION },
      ...caption.map((limit) => ({ param: "caption", ...limit, platform: names[params.platform] })),
    ];
  },
  params: z.object({
    platform: z.enum(publishPlatforms).default("instagram"),
    accountId: z.string().optional().meta({ description: "No account is picked by default." }),
    caption: z
      .string()
      .default("")
      .meta({
        description: `At most ${LONGEST_CAPTION} characters. A wire at the port \`caption\` overrides it.`,
      }),
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "The platform's own params, by their API names." }),
  }),
  describeTitle: ({ platform }) => `Publish to ${names[platform]}`,
  resolve(params, catalogue) {
    const target = findTarget(params, catalogue);
    return target ? { ...params, params: withDefaults(target.params, params.params) } : params;
  },
  innerParams(params, catalogue) {
    const target = findTarget(params, catalogue);
    return target && { path: "params", schema: target.params };
  },
  // An account and params belong to their platform.
  adjust: (_params, edited) => (edited === "platform" ? { accountId: undefined, params: {} } : {}),
  ports(params, catalogue) {
    const kinds = findTarget(params, catalogue)?.kinds ?? ["image", "video"];
    const only = kinds.length === 1 ? kinds[0] : undefined;
    const ratios = ratiosFor(params, catalogue);
    const rule = ratios ? { ratios } : {};
    const media: InputPort = only
      ? { id: "media", label: only === "video" ? "Video" : "Image", type: only, required: true, ...rule }
      : { id: "media", label: "Image or video", type: "media", kinds, required: true, ...rule };
    return {
      inputs: [media, { id: "caption", label: "Caption", type: "text", param: "caption" }],
      outputs: [],
    };
  },
  form(params, catalogue) {
    const target = findTarget(params, catalogue);
    const sections = [
      {
        path: "",
        schema: objectSchema({
          platform: {
            type: "string",
            title: "Platform",
            enum: publishPlatforms,
            default: "instagram",
            "x-control": "segmented",
            "x-enumLabels": names,
          },
          accountId: {
            type: "string",
            title: "Account",
            description: "Each post asks before it goes out.",
            "x-control": "account",
            "x-platform": params.platform,
          },
          caption: {
            type: "string",
            title: "Caption",
            default: "",
            maxLength: LONGEST_CAPTION,
            "x-control": "textarea",
            "x-placeholder": "What the post says",
            "x-port": "caption",
          },
        }),
      },
    ];
    return target
      ? [...sections, { title: target.label, path: "params", schema: withHints(target.params) }]
      : sections;
  },
  check(params, catalogue) {
    const problems: ParamProblem[] = [];
    const target = findTarget(params, catalogue);
    if (!target)
      problems.push({
        code: "invalid-param",
        param: "platform",
        message: `This server does not publish to ${names[params.platform]}.`,
        remedy: "Choose another platform.",
      });
    if (!params.accountId)
      problems.push({
        code: "account-not-chosen",
        param: "accountId",
        message: `No ${names[params.platform]} account is chosen.`,
        remedy: "Choose the account to post to.",
      });
    const caption = captionTrouble(params.caption);
    if (caption)
      problems.push({ code: "invalid-param", param: "caption", message: caption, remedy: "Shorten it." });
    const { [scheduleParam]: when, ...others } = params.params;
    const isFilledIn = typeof when === "string" && columnsNamed({ when }, ["when"]).length > 0;
    const schedule = isFilledIn ? undefined : scheduleOf(params.params);
    if (schedule?.kind === "unreadable")
      problems.push({
        code: "invalid-param",
        param: `params.${scheduleParam}`,
        message: unreadableWords(schedule.text),
        remedy: "Correct it, or leave it empty to post as soon as it is approved.",
      });
    const issues = target ? schemaIssues(target.params, others) : [];
    for (const { path, field, message } of issues)
      problems.push({
        code: "invalid-param",
        param: path ? `params.${path}` : "params",
        message: `${field || "The platform's params"} ${message}.`,
        remedy: "Change it.",
      });
    return problems;
  },
};

/** By the product that is chosen, else by the one that each kind becomes. */
function ratiosFor(params: PublishParams, catalogue: Catalogue): RatioRule | undefined {
  const rules = findTarget(params, catalogue)?.platformRules;
  if (!rules || Object.keys(rules.ratios).length === 0) return undefined;
  const { product } = params.params;
  const byKind = Object.fromEntries(
    mediaKinds.flatMap((kind) => {
      const rule = rules.ratios[typeof product === "string" ? product : (rules.usualProduct[kind] ?? "")];
      return rule ? [[kind, rule]] : [];
    }),
  );
  return { platform: names[params.platform], byKind };
}

function findTarget(
  { platform }: Pick<PublishParams, "platform">,
  catalogue: Catalogue,
): PublishTarget | undefined {
  return catalogue.publishTargets.find((target) => target.platform === platform);
}

export function captionTrouble(caption: string): string | undefined {
  return caption.length > LONGEST_CAPTION
    ? `The caption has ${counted(caption.length, "character")}; at most ${LONGEST_CAPTION} are taken.`
    : undefined;
}
