import { expect, test } from "vitest";
import { coverWords } from "../../app/canvas/cover-words.ts";
import { platformNames, platforms, platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import { nodeOf } from "../support/graph-builders.ts";

const none: ReadonlySet<string> = new Set();
const wordsFor = (
  type: string,
  params: Record<string, unknown>,
  more: { wired?: readonly string[]; accountName?: string } = {},
) =>
  coverWords({
    node: nodeOf("n", type, params),
    params,
    step: undefined,
    wired: more.wired ? new Set(more.wired) : none,
    accountName: more.accountName,
  });

test("a prompt says its first words, of a long one no more than can be seen", () => {
  expect(wordsFor("prompt", { text: "  A quiet harbour\n" })).toEqual({ text: "A quiet harbour" });
  expect(wordsFor("prompt", { text: "word ".repeat(5000) })?.text?.length).toBeLessThan(300);
});

test("a post says where it goes, as what, and with which words", () => {
  const params = { platform: "instagram", accountId: "7", caption: "Glow", params: { product: "REELS" } };
  expect(wordsFor("publish", params, { accountName: "@catwalk.studio" })).toEqual({
    lead: "@catwalk.studio",
    about: "Instagram · Reel",
    text: "Glow",
  });
  expect(wordsFor("publish", { platform: "tiktok", caption: "" })).toEqual({
    lead: "No account yet",
    about: "TikTok",
  });
});

test("a post says as what by the record of its platform, and an upload its file, a table its rows", () => {
  for (const platform of platformNames) {
    const { product } = platforms[platform];
    for (const [name, words] of Object.entries(product.words))
      expect(wordsFor("publish", { platform, params: { [product.param]: name } })?.about).toBe(
        `${platformTitle(platform)} · ${words}`,
      );
  }
  expect(wordsFor("table", { rows: [{}, {}] })).toEqual({ text: "2 rows" });
  const file = {
    name: "kite.jpg",
    sha256: "a".repeat(64),
    kind: "image",
    mimeType: "image/jpeg",
    sizeBytes: 1,
  };
  expect(wordsFor("upload", { file })).toEqual({ text: "kite.jpg" });
  expect(wordsFor("save", { name: "kept" })).toEqual({ text: "kept" });
});

test("what a wire replaces is not said, and a card with nothing to say says nothing", () => {
  expect(wordsFor("generate", { prompt: "Mine" })).toEqual({ text: "Mine" });
  expect(wordsFor("generate", { prompt: "Mine" }, { wired: ["prompt"] })).toBeUndefined();
  expect(wordsFor("prompt", { text: "" })).toBeUndefined();
  expect(wordsFor("from-a-newer-version", { text: "x" })).toBeUndefined();
});
