import { expect, test } from "vitest";
import { shownResults } from "../../app/canvas/card-media.ts";
import type { StepOutput } from "../../src/nodes/definition/work.ts";

const picture = (portId: string, mediaId: string, sha256?: string): StepOutput => ({
  portId,
  value: { type: "media", kind: "image", mediaId, ...(sha256 === undefined ? {} : { sha256 }) },
});
const text = (portId: string, words: string): StepOutput => ({
  portId,
  value: { type: "text", text: words },
});

test("a card shows one result of each output, the first whose bytes are here", () => {
  const outputs = [
    picture("grid", "one"),
    picture("grid", "two", "sha-two"),
    picture("grid", "three", "sha-three"),
    text("text", "Hello"),
    text("words", "[]"),
    picture("sheet", "four"),
  ];
  expect(
    shownResults(outputs).map(({ portId, media, text: words }) => [portId, media?.sha256 ?? words]),
  ).toEqual([
    ["grid", "sha-two"],
    ["text", "Hello"],
    ["words", "[]"],
  ]);
});
