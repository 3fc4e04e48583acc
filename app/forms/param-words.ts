import type { PostPreview } from "../../src/engine/record.ts";
import type { PublishTarget } from "../../src/nodes/definition/catalogue.ts";
import { withHints } from "../../src/nodes/fields/form.ts";
import { productWords } from "../../src/nodes/publish/platforms/platforms.ts";
import { useCatalogue } from "../stores/server.ts";
import { list } from "../words/words.ts";
import { type Field, fieldsOf } from "./form.ts";

export type ParamWords = { readonly name: string; readonly value: string };

/** What is sent beside media and caption, in the words and the order of the form it was set in. */
export function useParamWords(post: PostPreview): readonly ParamWords[] {
  return paramWords(
    post,
    useCatalogue().publishTargets.find(({ platform }) => platform === post.platform),
  );
}

/** Pure. What the form does not know comes last, by its API name. */
export function paramWords(
  { platform, params }: Pick<PostPreview, "platform" | "params">,
  target: Pick<PublishTarget, "params"> | undefined,
): readonly ParamWords[] {
  const fields = target ? fieldsOf({ path: "", schema: withHints(target.params) }) : [];
  const places = new Map(fields.map(({ path }, place) => [path, place]));
  const placeOf = (name: string) => places.get(name) ?? fields.length;
  return Object.entries(params)
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([name, value]) => {
      const field = fields.find(({ path }) => path === name);
      return { name: field?.label ?? name, value: valueWords(value, field, platform) };
    });
}

function valueWords(value: unknown, field: Field | undefined, platform: string): string {
  const choice = field && "choices" in field ? field.choices.find((each) => each.value === value) : undefined;
  if (choice) return choice.label;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "string") return productWords(platform, value);
  if (Array.isArray(value)) return list(value.map((each) => valueWords(each, undefined, platform)));
  return JSON.stringify(value);
}
