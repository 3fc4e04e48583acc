import { z } from "zod";
import { counted, either, listed } from "../../base/words.ts";
import { schemaIssues, withDefaults } from "../../graph/describe/json-schema.ts";
import type { InputPort, RatioRule } from "../../graph/describe/ports.ts";
import type { ParamProblem } from "../../graph/document/problems.ts";
import { columnsNamed } from "../../graph/lists/templates.ts";
import type { Catalogue, PublishTarget } from "../definition/catalogue.ts";
import type { NodeDefinition } from "../definition/definition.ts";
import { objectSchema, withHints } from "../fields/form.ts";
import { scheduleParam } from "./platforms/platform.ts";
import {
  defaultPlatform,
  findPlatform,
  isPlatform,
  type PublishPlatform,
  platformNames,
  platforms,
  platformTitle,
  productOf,
  unknownPlatform,
} from "./platforms/platforms.ts";
import { scheduleOf, unreadableWords } from "./schedule.ts";

export type PublishParams = {
  /** One of `platformNames`; of a file of another version, any. */
  platform: string;
  accountId?: string | undefined;
  caption: string;
  params: Record<string, unknown>;
};

const kindWords = { image: "picture", video: "video" } as const;
const titles = platformNames.map(platformTitle);

/** "At most 2200 characters.", or the limit of each platform where they differ. */
const captionWords = (() => {
  const limits = new Set(platformNames.map((name) => platforms[name].longestCaption));
  return limits.size === 1
    ? `At most ${[...limits].join("")} characters.`
    : `Characters at most: ${listed(platformNames.map((name) => `${platforms[name].longestCaption} on ${platformTitle(name)}`))}.`;
})();

export const publish: NodeDefinition<PublishParams> = {
  title: "Publish",
  description: `Posts a picture or video to ${either(titles)}, after you approve it.`,
  family: "output",
  keywords: ["post", "share", ...platformNames, "reels", "story", "social", "upload"],
  work: { kind: "publish" },
  icon: "Send",
  variants: platformNames.map((platform) => {
    const { kinds, keywords, title } = platforms[platform];
    return {
      id: platform,
      params: { platform },
      title: `Publish to ${title}`,
      description: `Posts a ${kinds.map((kind) => kindWords[kind]).join(" or ")} to ${title}, after you approve it.`,
      keywords: [...keywords, "post", "share", "social"],
    };
  }),
  coverParam: "caption",
  cardFields: () => ["accountId", "caption"],
  templated: ["caption", `params.${scheduleParam}`, "params.altText"],
  textLimits(params, catalogue) {
    const known = findPlatform(params.platform);
    if (!known) return [];
    const { longestCaption, rules, title } = known;
    const caption = findTarget(params, catalogue) ? rules.caption : [];
    return [
      { param: "caption", counts: "characters", most: longestCaption },
      ...caption.map((limit) => ({ param: "caption", ...limit, platform: title })),
    ];
  },
  params: z.object({
    // Any is read, so that one which is not known is told by its name and never becomes the default.
    platform: z.string().default(defaultPlatform).meta({ enum: platformNames }),
    accountId: z.string().optional().meta({ description: "No account is picked by default." }),
    caption: z
      .string()
      .default("")
      .meta({
        description: `${captionWords} A wire at the port \`caption\` overrides it.`,
      }),
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: "The platform's own params, by their API names." }),
  }),
  describeTitle: ({ platform }) => `Publish to ${platformTitle(platform)}`,
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
    const known = findPlatform(params.platform);
    const target = findTarget(params, catalogue);
    const sections = [
      {
        path: "",
        schema: objectSchema({
          platform: {
            type: "string",
            title: "Platform",
            enum: platformNames,
            default: defaultPlatform,
            "x-control": "segmented",
            "x-enumLabels": Object.fromEntries(platformNames.map((name) => [name, platformTitle(name)])),
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
            ...(known ? { maxLength: known.longestCaption } : {}),
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
    const { platform } = params;
    if (!isPlatform(platform))
      return [{ code: "invalid-param", param: "platform", ...unknownPlatform(platform) }];
    const problems: ParamProblem[] = [];
    const target = findTarget(params, catalogue);
    if (!target)
      problems.push({
        code: "invalid-param",
        param: "platform",
        message: `This server does not publish to ${platformTitle(platform)}.`,
        remedy: "Choose another platform.",
      });
    if (!params.accountId)
      problems.push({
        code: "account-not-chosen",
        param: "accountId",
        message: `No ${platformTitle(platform)} account is chosen.`,
        remedy: "Choose the account to post to.",
      });
    const caption = captionTrouble(platform, params.caption);
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
  const { platform } = params;
  if (!isPlatform(platform) || !findTarget(params, catalogue)) return undefined;
  const { kinds, rules, title } = platforms[platform];
  if (Object.keys(rules.ratios).length === 0) return undefined;
  const byKind = Object.fromEntries(
    kinds.flatMap((kind) => {
      const rule = rules.ratios[productOf(platform, kind, params.params)];
      return rule ? [[kind, rule]] : [];
    }),
  );
  return { platform: title, byKind };
}

function findTarget(
  { platform }: Pick<PublishParams, "platform">,
  catalogue: Catalogue,
): PublishTarget | undefined {
  return catalogue.publishTargets.find((target) => target.platform === platform);
}

export function captionTrouble(platform: PublishPlatform, caption: string): string | undefined {
  const { longestCaption } = platforms[platform];
  return caption.length > longestCaption
    ? `The caption has ${counted(caption.length, "character")}; at most ${longestCaption} are taken.`
    : undefined;
}
