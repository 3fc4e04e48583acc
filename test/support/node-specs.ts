import fc from "fast-check";
import { type CreateRule, type JobRule, type StepSpec, step } from "./engine-world.ts";

/** A step of a random graph: what it is, what it needs of those before it, and its luck at the server. */
type NodeSpec = {
  readonly kind: Kind;
  readonly needs: readonly number[];
  readonly creates: readonly CreateRule[];
  readonly jobs: readonly JobRule[];
};

type Kind = "text" | "upload" | "generate" | "edit" | "publish" | "save";

/** Each node needs some of those before it; media is made by the first, so that there is something to work on. */
export function nodeSpecs(luck: {
  readonly most: number;
  readonly create: fc.Arbitrary<CreateRule>;
  readonly job: fc.Arbitrary<JobRule>;
}): fc.Arbitrary<readonly NodeSpec[]> {
  return fc.integer({ min: 1, max: luck.most }).chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc.record({
          kind: fc.constantFrom<Kind>(
            ...(index === 0
              ? (["upload", "generate"] as const)
              : (["text", "upload", "generate", "generate", "edit", "publish", "save"] as const)),
          ),
          needs:
            index === 0
              ? fc.constant([])
              : fc.uniqueArray(fc.integer({ min: 0, max: index - 1 }), { minLength: 1, maxLength: 3 }),
          creates: fc.array(luck.create, { minLength: 1, maxLength: 4 }),
          jobs: fc.array(luck.job, { minLength: 1, maxLength: 3 }),
        }),
      ),
    ),
  );
}

export const nameOf = (index: number) => `n${index}`;

/**
 * Only what has media can be published, edited or saved; text and posts are no media.
 *
 * @param edits where edits happen, as `step.edit` has it.
 */
export function specsOf(nodes: readonly NodeSpec[], edits: "auto" | "local"): StepSpec[] {
  return nodes.map(({ kind, needs }, index) => {
    const name = nameOf(index);
    const from = needs.map(nameOf);
    const make: { readonly [K in Kind]: () => StepSpec } = {
      text: () => step.text(name, ...from),
      upload: () => ({ ...step.upload(name), needs: from }),
      generate: () => step.generate(name, ...from),
      edit: () => step.edit(name, edits, ...from),
      publish: () => ({ ...step.publish(name, from[0] ?? "", name), needs: from }),
      save: () => step.save(name, ...from),
    };
    return make[kind]();
  });
}
