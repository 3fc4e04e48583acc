import fc from "fast-check";
import { expect, test } from "vitest";
import { validate } from "../../../../src/graph/check/validate.ts";
import {
  brokenEdges,
  type Connection,
  canConnect,
  fits,
  outputType,
} from "../../../../src/graph/describe/wires.ts";
import { builtInCatalogue } from "../../../../src/nodes/catalogue-data.ts";
import { describeNode } from "../../../../src/nodes/definitions.ts";
import { arbitraryGraph, runnableGraph } from "../../../support/graph-arbitraries.ts";
import { fileOf, graphOf, nodeOf } from "../../../support/graph-builders.ts";

const describe = describeNode(builtInCatalogue);

function connection(text: string): Connection {
  const [source = "", sourceHandle = "", target = "", targetHandle = ""] = text.split(/ > |\./);
  return { source, sourceHandle, target, targetHandle };
}

test("types fit their own kind, media fits each kind, text fits only text", () => {
  expect(fits("image", { type: "image" })).toBe(true);
  expect(fits("image", { type: "media" })).toBe(true);
  expect(fits("media", { type: "video" })).toBe(true);
  expect(fits("audio", { type: "media", kinds: ["image", "video"] })).toBe(false);
  expect(fits("image", { type: "video" })).toBe(false);
  expect(fits("text", { type: "media" })).toBe(false);
  expect(fits("media", { type: "text" })).toBe(false);
});

const studio = graphOf(
  [
    nodeOf("words", "prompt", { text: "hello" }),
    nodeOf("empty", "upload"),
    nodeOf("photo", "upload", { file: fileOf() }),
    nodeOf("song", "generate", { family: "music", model: "suno-music", prompt: "a song" }),
    nodeOf("image", "generate", { family: "image", model: "nano-banana-2", prompt: "a picture" }),
    nodeOf("video", "generate", { family: "video", model: "seedance-2", prompt: "a clip" }),
    nodeOf("title", "edit", { operation: "textOverlay", text: "hello" }),
    nodeOf("post", "publish", { platform: "tiktok", accountId: "a" }),
    nodeOf("brand", "generate", { family: "text", model: "extract-brand-style" }),
    nodeOf("later", "teleport"),
    nodeOf("note", "note"),
  ],
  ["photo.out > video.start_image", "image.out > title.media_0"],
);

test.each([
  "words.out > image.prompt",
  "empty.out > title.media_0",
  "empty.out > image.reference_images",
  "photo.out > image.reference_images",
  "video.out > post.media",
])("%s may be wired", (text) => {
  const graph = { ...studio, edges: studio.edges.filter(({ target }) => target !== "title") };
  expect(canConnect(graph, describe, connection(text))).toEqual({ ok: true });
});

test.each([
  ["song.out > video.start_image", "Audio does not fit Start image. It takes an image."],
  ["words.out > title.media_0", "Text does not fit Video or image. It takes an image or a video."],
  ["image.out > post.media", "Image does not fit Video. It takes a video."],
  ["title.out > post.media", "Image does not fit Video. It takes a video."],
  ["title.out > image.reference_images", "This wire would close a circle, and a circle never starts."],
  ["image.out > image.reference_images", "A node cannot be wired to itself."],
  ["image.out > video.nowhere", "“Generate video” has no such input."],
  ["image.nowhere > video.start_image", "“Generate image” has no such output."],
  ["note.out > title.text", "“Note” has no such output."],
  ["gone.out > title.text", "One of the two nodes is gone."],
  ["later.out > title.text", "The node type “teleport” is not known here, so its ports are not either."],
  ["photo.out > video.start_image", "These two are wired already."],
])("%s is refused: %s", (text, reason) => {
  expect(canConnect(studio, describe, connection(text))).toMatchObject({ ok: false, reason });
});

test("a taken port names the wire to replace, but only if replacing would do", () => {
  expect(canConnect(studio, describe, connection("image.out > video.start_image"))).toEqual({
    ok: false,
    reason: "Start image has a wire already. Remove it, or replace it with this one.",
    replaces: "photo.out > video.start_image",
  });
  expect(canConnect(studio, describe, connection("words.out > video.start_image"))).not.toHaveProperty(
    "replaces",
  );
});

test("replacing a wire is not offered where it would make one further down wrong", () => {
  const graph = graphOf(
    [
      nodeOf("photo", "upload", { file: fileOf() }),
      nodeOf("clip", "generate", { family: "video", model: "seedance-2", prompt: "a clip" }),
      nodeOf("title", "edit", { operation: "textOverlay", text: "hello" }),
      nodeOf("post", "publish", { platform: "tiktok", accountId: "a" }),
    ],
    ["clip.out > title.media_0", "title.out > post.media"],
  );
  const result = canConnect(graph, describe, connection("photo.out > title.media_0"));
  expect(result).toMatchObject({ ok: false, reason: expect.stringContaining("further down") });
  expect(result).not.toHaveProperty("replaces");
});

test("a full list takes no more", () => {
  const pictures = Array.from({ length: 9 }, (_, index) => nodeOf(`p${index}`, "upload", { file: fileOf() }));
  const graph = graphOf(
    [...pictures, nodeOf("brand", "generate", { family: "text", model: "extract-brand-style" })],
    pictures.slice(0, 8).map(({ id }) => `${id}.out > brand.reference_images`),
  );
  expect(canConnect(graph, describe, connection("p8.out > brand.reference_images"))).toMatchObject({
    reason: "Reference images takes at most 8. Remove a wire first.",
  });
});

test("what goes in a text overlay comes out of it, however many follow each other", () => {
  const overlay = (id: string) => nodeOf(id, "edit", { operation: "textOverlay", text: "hello" });
  const graph = graphOf(
    [
      overlay("b"),
      overlay("a"),
      nodeOf("clip", "generate", { family: "video", model: "seedance-2", prompt: "x" }),
    ],
    ["clip.out > a.media_0", "a.out > b.media_0"],
  );
  expect(outputType(graph, describe, "b", "out")).toBe("video");
  expect(outputType({ ...graph, edges: [] }, describe, "b", "out")).toBe("media");
});

test("a wire that would make one further down wrong is refused, and says which", () => {
  const graph = graphOf(
    [
      nodeOf("photo", "upload", { file: fileOf() }),
      nodeOf("title", "edit", { operation: "textOverlay", text: "hello" }),
      nodeOf("post", "publish", { platform: "tiktok", accountId: "a" }),
    ],
    ["title.out > post.media"],
  );
  expect(validate(graph, describe).map(({ code }) => code)).toEqual(["missing-input"]);
  expect(canConnect(graph, describe, connection("photo.out > title.media_0"))).toMatchObject({
    ok: false,
    reason: "A wire further down would no longer fit: Image does not fit Video. It takes a video.",
  });
});

test("a wire whose port is gone is shown broken, kept, and heals when the port returns", () => {
  const graphWith = (model: string) =>
    graphOf(
      [
        nodeOf("photo", "upload", { file: fileOf() }),
        nodeOf("clip", "generate", { family: "video", model, prompt: "x" }),
      ],
      ["photo.out > clip.end_image"],
    );
  expect(brokenEdges(graphWith("kling_3_pro"), describe)).toEqual([]);
  const [fault] = brokenEdges(graphWith("seedance-2"), describe);
  expect(fault).toMatchObject({ code: "broken-edge", edge: { id: "photo.out > clip.end_image" } });
  expect(brokenEdges(graphWith("kling2_5-pro"), describe)).toEqual([]);
});

test("what may be wired, validate does not call wrong", () => {
  const wired = fc.oneof(runnableGraph, arbitraryGraph).chain((graph) => {
    const ends = (side: "inputs" | "outputs") =>
      graph.nodes.flatMap((node) =>
        (describe(node)?.ports[side] ?? []).map((port) => [node.id, port.id] as const),
      );
    const nowhere = ["nobody", "out"] as const;
    const pairs = [...ends("outputs"), nowhere].flatMap((from) =>
      [...ends("inputs"), nowhere].map((to) => [from, to] as const),
    );
    return fc.tuple(
      fc.constant(graph),
      fc.shuffledSubarray(pairs, {
        minLength: Math.min(pairs.length, 30),
        maxLength: Math.min(pairs.length, 60),
      }),
    );
  });
  let allowed = 0;
  fc.assert(
    fc.property(wired, ([start, tries]) => {
      let graph = start;
      tries.forEach(([[source, sourceHandle], [target, targetHandle]], index) => {
        const wire = { source, sourceHandle, target, targetHandle };
        if (!canConnect(graph, describe, wire).ok) return;
        allowed++;
        const before = new Set(validate(graph, describe).map(wrongAs));
        graph = { ...graph, edges: [...graph.edges, { ...wire, id: `new-${index}` }] };
        const fresh = validate(graph, describe).filter(
          (problem) => wiring.has(problem.code) && !before.has(wrongAs(problem)),
        );
        expect(fresh).toEqual([]);
      });
    }),
    { numRuns: 150 },
  );
  expect(allowed).toBeGreaterThan(100);
});

const wiring = new Set(["cycle", "wrong-port-type", "broken-edge", "too-many-inputs"]);
const wrongAs = ({ code, edgeId, nodeIds }: { code: string; edgeId?: string; nodeIds?: readonly string[] }) =>
  JSON.stringify([code, edgeId, nodeIds]);
