import { expect, test } from "vitest";
import { paramWords } from "../../app/forms/param-words.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";

const targetOf = (platform: string) =>
  builtInCatalogue.publishTargets.find((target) => target.platform === platform);

test("what is sent beside media and caption reads as in the form, in its order", () => {
  const params = {
    postMode: "direct",
    isAigc: true,
    disableDuet: false,
    privacyLevel: "SELF_ONLY",
    scheduledAt: "tomorrow",
  };
  expect(
    paramWords({ platform: "tiktok", params }, targetOf("tiktok")).map(
      ({ name, value }) => `${name}: ${value}`,
    ),
  ).toEqual([
    "Who can see it: Only me",
    "Goes to: Profile",
    "Made with AI: Yes",
    "No duets: No",
    expect.stringMatching(/: tomorrow$/),
  ]);
  expect(paramWords({ platform: "instagram", params: { product: "REELS" } }, targetOf("instagram"))).toEqual([
    { name: "As", value: "Reel" },
  ]);
});

test("what no form knows is shown all the same, by its own name", () => {
  expect(
    paramWords(
      { platform: "instagram", params: { product: "IMAGE", tags: ["a", "b"], place: { id: 7 } } },
      undefined,
    ),
  ).toEqual([
    { name: "product", value: "Post" },
    { name: "tags", value: "a and b" },
    { name: "place", value: '{"id":7}' },
  ]);
});
