import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { takeKeys } from "../../../src/engine/index.ts";
import type { Scope } from "../../../src/engine/record.ts";
import type { WorkOutput, WorkOutputs } from "../../../src/nodes/definition/work.ts";
import type { JobOutput } from "../../../src/wondercat/types.ts";
import { createWorld, type StepSpec, stepOf } from "../../support/engine-world.ts";

const generating = (name: string, outputs: WorkOutputs): StepSpec => ({
  name,
  work: () => ({
    ...{
      kind: "generate",
      family: "text",
      path: "/text/generate",
      deadlineMs: 900_000,
      model: "analyze",
      prompt: name,
      params: {},
      attachments: [],
    },
    outputs,
  }),
});
const picture = (mediaId: string, key?: string, mimeType = "image/png"): JobOutput => ({
  type: "media",
  ...(key === undefined ? {} : { key }),
  media: { mediaId, url: `https://example.test/${mediaId}`, mimeType },
});
const value = (key: string, given: unknown): JobOutput => ({ type: "value", key, value: given });
const port = (name: string, kind: WorkOutput["select"]["kind"], key?: string): WorkOutput => ({
  port: name,
  select: { kind, ...(key === undefined ? {} : { key }) },
});

async function made(outputs: WorkOutputs, given: readonly JobOutput[]) {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: given }]);
  const run = world.start([generating("a", outputs)]);
  await world.settle();
  const { status, outputs: results, previewFailures } = stepOf(run, "a");
  return {
    status: status.kind,
    landed: results.map(({ portId, value: one }) => [portId, one.type === "text" ? one.text : one.mediaId]),
    failures: Object.values(previewFailures).map(({ code }) => code),
  };
}

const words = [{ word: "Hello", start: 0, end: 0.4 }];
const transcript: WorkOutputs = [
  port("text", "text", "transcript"),
  port("words", "text", "wordTimestamps"),
  port("grid", "image", "compositeGrid"),
];

test("each output of a job lands at the port that names its key, whatever the order", async () => {
  expect(
    await made(transcript, [
      picture("sheet", "compositeGrid"),
      value("wordTimestamps", words),
      value("transcript", "Hello"),
    ]),
  ).toEqual({
    status: "succeeded",
    landed: [
      ["text", "Hello"],
      ["words", JSON.stringify(words)],
      ["grid", "sheet"],
    ],
    failures: [],
  });
});

test("no media lands at two ports, and a port without a key has all that is left", async () => {
  const stems: WorkOutputs = [port("voice", "audio", "vocals"), port("rest", "audio")];
  const given = ["drums", "vocals", "bass"].map((key) => picture(`m-${key}`, key, "audio/mpeg"));
  expect((await made(stems, given)).landed).toEqual([
    ["voice", "m-vocals"],
    ["rest", "m-drums"],
    ["rest", "m-bass"],
  ]);
});

test("what was paid for is not lost because the server named it otherwise", async () => {
  const sheets: WorkOutputs = [port("sheets", "image", "contactSheet"), port("text", "text", "summary")];
  expect(await made(sheets, [picture("one", "sheet"), picture("two", undefined, "video/mp4")])).toEqual({
    status: "succeeded",
    landed: [
      ["sheets", "one"],
      ["sheets", "two"],
    ],
    failures: ["no_output"],
  });
});

test("a job that gives nothing for any port has failed; a port that nothing came to is named", async () => {
  expect(await made(transcript, [])).toMatchObject({ status: "failed", landed: [] });
  expect(await made(transcript, [value("transcript", "Hello")])).toEqual({
    status: "succeeded",
    landed: [["text", "Hello"]],
    failures: ["no_output", "no_output"],
  });
});

test.each<[string, readonly JobOutput[], string]>([
  ["nothing", [], "gave no image."],
  ["a bare link", [value("image", "https://x/a.png")], "came as a web address without a media id."],
  [
    "other forms",
    [value("image", { url: "x" }), { type: "unusable" }],
    "came as data without media and as an entry",
  ],
])("a picture's job that gives %s says in which form it came", async (_name, given, words) => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: given }]);
  const run = world.start([generating("a", [port("out", "image")])]);
  await world.settle();
  const { status } = stepOf(run, "a");
  expect(status.kind === "failed" && status.failure.message).toContain(words);
});

test("a later run takes all outputs of an earlier one, and its dependents have each by its port", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: [value("transcript", "Hello"), picture("sheet", "compositeGrid")] }]);
  const specs = [generating("a", [transcript[0], port("grid", "image", "compositeGrid")])];
  const first = world.start(specs);
  await world.settle();
  const second = world.start(specs, { runId: "run-2" });
  await world.settle();
  expect(world.seen.creates).toHaveLength(1);
  const { status, outputs } = stepOf(second, "a");
  expect(status).toEqual({ kind: "succeeded", cached: true });
  expect(outputs).toEqual(stepOf(first, "a").outputs);
  expect(outputs.map(({ portId }) => portId)).toEqual(["text", "grid"]);
});

test("works with one plain output have the keys that takes are kept under since before there were several", () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const image = { ...port("out", "image") };
  const keyOf = (outputs: WorkOutputs) =>
    takeKeys(
      {
        ...{ type: "generate", version: 1, way: { scope: "scope-1" as Scope } },
        work: {
          ...{
            kind: "generate",
            family: "image",
            path: "/image/generate",
            deadlineMs: 900_000,
            model: "model-1",
            prompt: "a fox",
          },
          ...{ params: { seed: 1 }, attachments: [], outputs },
        },
      },
      sha256,
    );
  expect(keyOf([image])).toEqual(["4e0b3c958d173a2fffcd5c163c0eba60c1a90b5b879f708b30c34bf74c6d8b2a"]);
  const trimmed = { type: "media", kind: "video", sha256: "b".repeat(64) } as const;
  expect(
    takeKeys(
      {
        ...{ type: "edit", version: 1, way: "local" },
        work: {
          ...{ kind: "edit", operation: "trim", endpoint: "video", via: "auto" },
          ...{ params: { trimEndMs: 5000 }, inputs: [{ slot: "video_0", media: trimmed }] },
          outputs: [port("out", "media")],
        },
      },
      sha256,
    ),
  ).toEqual(["0d6b030abad8492d21e02738578cfdc6960b02006fa74c122a24477c997a50d6"]);
  expect(keyOf([image, port("text", "text")])).not.toEqual(keyOf([image]));
});
