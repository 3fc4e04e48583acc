import { readdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEditor, type RenderRequest } from "../../../src/editing/editor.ts";
import { encodeGraph } from "../../../src/editing/encode.ts";
import { forkEditor } from "../../../src/editing/fork.ts";
import type { EditOperation } from "../../../src/editing/operations.ts";
import { createFolder, makeClip, makeTone, readPicture, turnClip } from "./media.ts";

const editor = createEditor({
  spawn: () => forkEditor(new URL("../../../src/editing/worker.ts", import.meta.url)),
  maxParallel: 2,
});

let folder: Awaited<ReturnType<typeof createFolder>>;
let outputDir: string;
const paths = {
  sound: "",
  mute: "",
  odd: "",
  turned: "",
  red: "",
  blue: "",
  tone: "",
  photo: "",
  logo: "",
  stereoTone: "",
};

beforeAll(async () => {
  folder = await createFolder();
  outputDir = join(folder.path, "out, 'put'");
  const file = (name: string) => join(folder.path, name);
  paths.sound = await makeClip(file("sound.mp4"), { seconds: 2 });
  paths.mute = await makeClip(file("mute.mp4"), { size: "120x160", fps: 30, sound: false });
  // 4:4:4 may have odd sides, which 4:2:0 output cannot.
  paths.odd = await makeClip(file("we'ird [odd], name: 50% ünï;日本 .mp4"), {
    size: "129x97",
    pixels: "yuv444p",
  });
  paths.turned = await turnClip(paths.sound, file("turned.mp4"));
  paths.red = await makeClip(file("red.mp4"), { picture: "color=c=red" });
  paths.blue = await makeClip(file("blue.mp4"), {
    picture: "color=c=blue",
    size: "200x100",
    fps: 30,
    sound: false,
  });
  paths.tone = await makeTone(file("tone.wav"), 3);
  paths.stereoTone = await makeTone(file("tone.mp3"), 2);
  // Its left half is red; upright, after the quarter turn its EXIF asks for, the upper one.
  const half = { create: { width: 40, height: 61, channels: 3 as const, background: "#ff0000" } };
  paths.photo = file("photo.jpg");
  await sharp({ create: { width: 80, height: 61, channels: 3, background: "#0000ff" } })
    .composite([{ input: await sharp(half).png().toBuffer(), left: 0, top: 0 }])
    .jpeg({ chromaSubsampling: "4:4:4" })
    .withMetadata({ orientation: 6 })
    .toFile(paths.photo);
  paths.logo = file("logo.png");
  await sharp({
    create: { width: 101, height: 51, channels: 4, background: { r: 0, g: 255, b: 0, alpha: 0.5 } },
  })
    .png()
    .toFile(paths.logo);
});

afterAll(async () => {
  await editor.close();
  await folder.remove();
});

type Inputs = Readonly<Record<string, string>>;

const kindOf = (path: string) =>
  path.endsWith(".mp4")
    ? ("video" as const)
    : /\.(jpg|png)$/.test(path)
      ? ("image" as const)
      : ("audio" as const);

let renders = 0;
async function render(
  operation: EditOperation,
  inputs: Inputs,
  params: Record<string, unknown> = {},
  more: Partial<RenderRequest> = {},
) {
  const fractions: number[] = [];
  renders += 1;
  const files = await editor.render(
    {
      operation,
      params,
      inputs: Object.entries(inputs).map(([slot, path]) => ({ slot, path, kind: kindOf(path) })),
      outputDir,
      outputName: `result ${renders}`,
      ...more,
    },
    { onProgress: ({ fraction }) => fractions.push(fraction) },
  );
  expect(files).toHaveLength(1);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
  const [file] = files;
  if (!file) throw new Error("no file");
  return file;
}

/** Two frames at 25 per second. */
const near = (actual: number | undefined, wanted: number, tolerance = 80) =>
  expect(Math.abs((actual ?? Number.NaN) - wanted), `${actual} ms, wanted ${wanted} ms`).toBeLessThanOrEqual(
    tolerance,
  );

test("trim keeps exactly the part asked for, with its sound", async () => {
  const file = await render("trim", { video_0: paths.sound }, { trimStartMs: 400, trimEndMs: 1300 });
  expect(file).toMatchObject({
    kind: "video",
    mimeType: "video/mp4",
    width: 160,
    height: 120,
    hasAudio: true,
    fps: 25,
  });
  near(file.durationMs, 900);
  expect(file.path.endsWith(".mp4")).toBe(true);
  expect(file.sizeBytes).toBeGreaterThan(1000);
});

test("trim from far inside keeps picture and sound together", async () => {
  const path = join(folder.path, "change.mp4");
  await encodeGraph({
    graph:
      "color=c=red:s=160x120:r=25:d=5[a];color=c=blue:s=160x120:r=25:d=3[b];[a][b]concat,format=yuv420p[out0];" +
      "sine=d=3:sample_rate=48000,adelay=5000[out1]",
    outputPath: path,
  });
  const file = await render("trim", { video_0: path }, { trimStartMs: 4500, trimEndMs: 5500 });
  near(file.durationMs, 1000);
  expect((await readPicture(file.path, 0.44)).at(0.5, 0.5)[0]).toBeGreaterThan(180);
  expect((await readPicture(file.path, 0.56)).at(0.5, 0.5)[2]).toBeGreaterThan(180);
  const peaks = await editor.waveform(file.path, 20);
  expect(Math.max(...peaks.slice(0, 9))).toBeLessThan(0.02);
  expect(Math.min(...peaks.slice(11, 19))).toBeGreaterThan(0.05);
});

test("trim to beyond the end keeps what there is", async () => {
  near(
    (await render("trim", { video_0: paths.sound }, { trimStartMs: 1500, trimEndMs: 9000 })).durationMs,
    500,
  );
});

test("a video of odd sides, under a name with quotes, brackets, colons and other scripts, is rendered", async () => {
  const trimmed = await render("trim", { video_0: paths.odd }, { trimStartMs: 0, trimEndMs: 500 });
  expect(trimmed).toMatchObject({ width: 128, height: 96 });
  near(trimmed.durationMs, 500);
  expect(await render("crop", { video_0: paths.odd }, { aspectRatio: "1:1" })).toMatchObject({
    width: 96,
    height: 96,
  });
});

test("trim stands a turned phone video upright", async () => {
  const facts = await editor.probe(paths.turned);
  expect(facts).toMatchObject({ width: 120, height: 160 });
  const file = await render("trim", { video_0: paths.turned }, { trimStartMs: 0, trimEndMs: 500 });
  expect(file).toMatchObject({ width: 120, height: 160 });
});

test("an image given to trim is refused, unless still clips are allowed", async () => {
  const params = { trimStartMs: 0, trimEndMs: 700 };
  await expect(render("trim", { video_0: paths.photo }, params)).rejects.toMatchObject({
    code: "invalid-request",
  });
  const file = await render("trim", { video_0: paths.photo }, params, { allowStill: true });
  expect(file).toMatchObject({ kind: "video", width: 60, height: 80 });
  near(file.durationMs, 700);
});

test("crop takes the shape at the place asked for", async () => {
  const file = await render(
    "crop",
    { video_0: paths.sound },
    { aspectRatio: "9:16", position: "center-left" },
  );
  expect(file).toMatchObject({ width: 68, height: 120, hasAudio: true });
  const cropped = await readPicture(file.path, 0);
  const whole = await readPicture(paths.sound, 0);
  const [r, g, b] = whole.at(0.1, 0.5);
  const [r2, g2, b2] = cropped.at((0.1 * 160) / 68, 0.5);
  expect(Math.abs(r - r2) + Math.abs(g - g2) + Math.abs(b - b2)).toBeLessThan(60);
});

test("text on a video changes the text's region for the time asked for, and nothing else", async () => {
  const file = await render(
    "textOverlay",
    { media_0: paths.blue },
    { preset: "TikTok White Highlight", startMs: 400, endMs: 700, fontSizeScale: 2 },
    { text: "Hi" },
  );
  expect(file).toMatchObject({ kind: "video", width: 200, height: 100, hasAudio: false });
  near(file.durationMs, 1000);
  const isBlue = ([r, g, b]: readonly number[]) => (r ?? 0) < 60 && (g ?? 0) < 60 && (b ?? 0) > 180;
  const anyWhite = async (atS: number) => {
    const picture = await readPicture(file.path, atS);
    expect(isBlue(picture.at(0.5, 0.9))).toBe(true);
    const row = Array.from({ length: 40 }, (_, x) => picture.at(x / 40, 0.15));
    return row.some(([r, g, b]) => r > 200 && g > 200 && b > 200);
  };
  expect(await anyWhite(0.2)).toBe(false);
  expect(await anyWhite(0.5)).toBe(true);
  expect(await anyWhite(0.85)).toBe(false);
});

test("text on a JPEG gives an upright JPEG; Arabic and emoji are drawn", async () => {
  const plain = await readPicture(await sharpUpright(paths.photo));
  const file = await render(
    "textOverlay",
    { media_0: paths.photo },
    { fontSizeScale: 3, sizePercent: 100, textColor: "#00ff00", strokeWidth: 0 },
    { text: "مرحبا 😀 longwordthatmustbreak" },
  );
  expect(file).toMatchObject({ kind: "image", mimeType: "image/jpeg", width: 61, height: 80 });
  const drawn = await readPicture(file.path);
  const differing = Array.from(
    { length: 30 * 30 },
    (_, index) => [(index % 30) / 30, Math.floor(index / 30) / 30] as const,
  ).filter(([x, y]) => Math.abs(drawn.at(x, y)[1] - plain.at(x, y)[1]) > 80).length;
  expect(differing).toBeGreaterThan(10);
});

async function sharpUpright(path: string): Promise<string> {
  const upright = `${path}.png`;
  await sharp(path).autoOrient().png().toFile(upright);
  return upright;
}

test("text on a PNG keeps the PNG and its transparency", async () => {
  const file = await render("textOverlay", { media_0: paths.logo }, {}, { text: "x" });
  expect(file).toMatchObject({ mimeType: "image/png", width: 101, height: 51 });
  const { data } = await sharp(file.path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  expect(data[3]).toBe(128);
});

test("merge joins videos of other sizes, rates and without sound in the size of the first", async () => {
  const file = await render("merge", { video_0: paths.sound, video_1: paths.mute, video_2: paths.blue });
  expect(file).toMatchObject({ width: 160, height: 120, fps: 25, hasAudio: true });
  near(file.durationMs, 4000);
  const last = await readPicture(file.path, 3.5);
  expect(last.at(0.5, 0.5)[2]).toBeGreaterThan(180);
  expect(last.at(0.5, 0.05)[2]).toBeLessThan(60);
});

test("merge of silent videos stays silent", async () => {
  const file = await render("merge", { video_0: paths.blue, video_1: paths.mute });
  expect(file).toMatchObject({ hasAudio: false, width: 200, height: 100 });
});

test("extractFrame takes the frame at a time or a percentage, also at the very end", async () => {
  const merged = await render("merge", { video_0: paths.red, video_1: paths.blue });
  const early = await render("extractFrame", { video_0: merged.path }, { timestampMs: 500 });
  expect(early).toMatchObject({ kind: "image", mimeType: "image/png", width: 160, height: 120 });
  expect((await readPicture(early.path)).at(0.5, 0.5)[0]).toBeGreaterThan(200);
  const late = await render(
    "extractFrame",
    { video_0: merged.path },
    { timestampPercent: 100, format: "jpeg" },
  );
  expect(late).toMatchObject({ mimeType: "image/jpeg" });
  expect((await readPicture(late.path)).at(0.5, 0.5)[2]).toBeGreaterThan(200);
});

test("imageToVideo shows each image for its time in the size of the first, upright", async () => {
  const file = await render(
    "imageToVideo",
    { image_0: paths.photo, image_1: paths.logo },
    { durationMs: 600 },
  );
  expect(file).toMatchObject({ kind: "video", width: 60, height: 80, fps: 30, hasAudio: false });
  near(file.durationMs, 1200);
  const photo = await readPicture(file.path, 0.3);
  expect(photo.at(0.5, 0.2)[0]).toBeGreaterThan(180);
  expect(photo.at(0.5, 0.8)[2]).toBeGreaterThan(180);
  const [, green] = (await readPicture(file.path, 0.9)).at(0.5, 0.5);
  expect(green).toBeGreaterThan(80);
});

test("imageToVideo with zoom lasts as long and changes", async () => {
  const file = await render(
    "imageToVideo",
    { image_0: paths.logo },
    { durationMs: 500, zoom: true, aspectRatio: "1:1" },
  );
  expect(file).toMatchObject({ width: 100, height: 100 });
  near(file.durationMs, 500);
});

test("speed shortens picture and sound alike", async () => {
  const fast = await render("speed", { video_0: paths.sound }, { speed: 2 });
  near(fast.durationMs, 1000);
  expect(fast.hasAudio).toBe(true);
  near((await render("speed", { video_0: paths.mute }, { speed: 0.3 })).durationMs, 3333);
});

test("volume makes the sound quieter, muted silences it", async () => {
  const loud = Math.max(...(await editor.waveform(paths.sound, 10)));
  const half = await render("volume", { video_0: paths.sound }, { volume: 50 });
  expect(Math.max(...(await editor.waveform(half.path, 10)))).toBeCloseTo(loud / 2, 1);
  const muted = await render("volume", { video_0: paths.sound }, { muted: true });
  expect(Math.max(...(await editor.waveform(muted.path, 10)))).toBeLessThan(0.01);
});

test("editAudio adds a track for the video's length, also to a silent video", async () => {
  const file = await render("editAudio", { video_0: paths.mute, audio_0: paths.tone });
  expect(file.hasAudio).toBe(true);
  near(file.durationMs, 1000);
  const mixed = await render(
    "editAudio",
    { video_0: paths.sound, audio_0: paths.stereoTone },
    { videoVolume: 50 },
  );
  expect(mixed.hasAudio).toBe(true);
});

test("overlay lays the second video over a corner of the first", async () => {
  const file = await render("overlay", { video_0: paths.red, video_1: paths.blue }, { resizePercent: 50 });
  expect(file).toMatchObject({ width: 160, height: 120, hasAudio: true });
  near(file.durationMs, 1000);
  const picture = await readPicture(file.path, 0.5);
  expect(picture.at(0.9, 0.9)[2]).toBeGreaterThan(180);
  expect(picture.at(0.1, 0.1)[0]).toBeGreaterThan(180);
});

test("splitScreen shows both, side by side or one above the other", async () => {
  const wide = await render("splitScreen", { video_0: paths.red, video_1: paths.blue });
  expect((wide.width ?? 0) / (wide.height ?? 1)).toBeCloseTo(16 / 9, 1);
  const picture = await readPicture(wide.path, 0.5);
  expect(picture.at(0.25, 0.5)[0]).toBeGreaterThan(180);
  expect(picture.at(0.75, 0.5)[2]).toBeGreaterThan(180);
  const tall = await render(
    "splitScreen",
    { video_0: paths.red, video_1: paths.blue },
    { targetAspectRatio: "9:16" },
  );
  expect((await readPicture(tall.path, 0.5)).at(0.5, 0.75)[2]).toBeGreaterThan(180);
});

test("reverseVideo plays backwards", async () => {
  const merged = await render("merge", { video_0: paths.red, video_1: paths.blue });
  const file = await render("reverseVideo", { video_0: merged.path });
  near(file.durationMs, 2000);
  expect(file.hasAudio).toBe(true);
  expect((await readPicture(file.path, 0.5)).at(0.5, 0.5)[2]).toBeGreaterThan(180);
  expect((await readPicture(file.path, 1.5)).at(0.5, 0.5)[0]).toBeGreaterThan(180);
});

test("a video too long to hold is reversed piece by piece", async () => {
  const path = join(folder.path, "long.mp4");
  const half = (colour: string) => `color=c=${colour}:s=1280x720:r=25:d=3`;
  await encodeGraph({
    graph: `${half("red")}[a];${half("blue")}[b];[a][b]concat,format=yuv420p[out0]`,
    outputPath: path,
    video: { preset: "ultrafast" },
  });
  const file = await render("reverseVideo", { video_0: path });
  near(file.durationMs, 6000, 0);
  for (const [atS, blue] of [
    [0.1, true],
    [2.8, true],
    [3.2, false],
    [5.9, false],
  ] as const)
    expect((await readPicture(file.path, atS)).at(0.5, 0.5)[blue ? 2 : 0]).toBeGreaterThan(180);
});

test("extractAudio gives MP3, and says so when there is no sound", async () => {
  const file = await render("extractAudio", { video_0: paths.sound });
  expect(file).toMatchObject({ kind: "audio", mimeType: "audio/mpeg" });
  near(file.durationMs, 2000);
  await expect(render("extractAudio", { video_0: paths.mute })).rejects.toMatchObject({ code: "no-audio" });
});

test("imageCrop cuts the upright image and keeps its format", async () => {
  const params = { cropPixelX: 1, cropPixelY: 45, cropPixelWidth: 33, cropPixelHeight: 21 };
  const file = await render("imageCrop", { image_0: paths.photo }, params);
  expect(file).toMatchObject({ mimeType: "image/jpeg", width: 33, height: 21 });
  expect((await readPicture(file.path)).at(0.5, 0.5)[2]).toBeGreaterThan(180);
  expect(await render("imageCrop", { image_0: paths.logo }, { aspectRatio: "1:1" })).toMatchObject({
    mimeType: "image/png",
    width: 51,
    height: 51,
  });
});

test("audioTrim keeps the part and the format", async () => {
  const file = await render("audioTrim", { audio_0: paths.tone }, { trimStartMs: 500, trimEndMs: 1500 });
  expect(file).toMatchObject({ kind: "audio", mimeType: "audio/wav" });
  near(file.durationMs, 1000);
  expect(await render("audioTrim", { audio_0: paths.stereoTone }, { trimStartMs: 500 })).toMatchObject({
    mimeType: "audio/mpeg",
  });
});

test("params, inputs and texts that do not fit are refused with the field's name", async () => {
  await expect(
    render("trim", { video_0: paths.sound }, { trimStartMs: 500, trimEndMs: 550 }),
  ).rejects.toMatchObject({
    code: "invalid-request",
    message: expect.stringContaining("trimEndMs"),
  });
  await expect(render("merge", { video_0: paths.sound })).rejects.toThrow("video_1");
  await expect(render("textOverlay", { media_0: paths.sound }, {}, { text: "  " })).rejects.toThrow("text");
  await expect(render("trim", { video_0: paths.tone })).rejects.toThrow("not an audio file");
});

test("nothing but results is left in the output folder", async () => {
  const names = await readdir(outputDir);
  expect(names.filter((name) => !/^result \d+\.(mp4|png|jpg|mp3|wav)(\.[\d.]+\.png)?$/.test(name))).toEqual(
    [],
  );
});
