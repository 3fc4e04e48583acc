import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { probeSource } from "../../../src/editing/probe.ts";
import { isSandboxMade } from "../../../src/sandbox/mark.ts";
import { openSandbox } from "../../support/sandbox.ts";
import { plainClient } from "./plainClient.ts";

const photo = () =>
  sharp({ create: { width: 320, height: 200, channels: 3, background: "#cc5533" } })
    .jpeg()
    .toBuffer();

test("the public chain runs unchanged in legacy mode: upload, generate, trim an image, publish", async () => {
  await using sandbox = await openSandbox({ mode: "legacy" });
  const api = plainClient(sandbox.url);
  const upload = await api.upload(await photo(), "photo.jpg", "image/jpeg");
  expect(upload).toMatchObject({
    status: 201,
    mimeType: "image/jpeg",
    uploads: { file: { mediaId: upload.mediaId } },
  });

  const generated = await api.post("/image/generate", {
    model: "nano-banana-2",
    prompt: "A runway at sunset",
    params: { aspectRatio: "16:9" },
    attachmentMediaIds: [upload.mediaId],
  });
  const image = await api.finished("inference", generated.inferenceJobId);
  expect(image).toMatchObject({ status: "succeeded", type: "image", errorMessage: null });
  const media = image.outputs.find((output: { media: unknown }) => output.media).media;
  expect(media).toMatchObject({ mimeType: "image/jpeg", width: 1024, height: 576 });

  const edit = await api.post("/video/edit", {
    operation: "trim",
    mediaIds: [media.mediaId],
    params: { trimStartMs: 0, trimEndMs: 5000 },
  });
  const clip = await api.finished("editor", edit.editorJobId);
  expect(clip.outputs[0]).toMatchObject({
    mimeType: "video/mp4",
    mediaId: expect.any(String),
    url: expect.any(String),
  });

  const { accounts } = await api.get("/instagram/accounts");
  const created = await api.post("/publish/instagram", {
    mediaId: clip.outputs[0].mediaId,
    instagramAccountId: accounts[0].instagramAccountId,
    caption: "Straight from the runway",
  });
  expect(created).toMatchObject({ status: "queued" });
  const post = await api.finished("publish", created.outputJobId);
  expect(post).toMatchObject({
    status: "succeeded",
    permalink: expect.stringContaining("https://sandbox.invalid/"),
  });

  const folder = join(sandbox.stateDir, "posts", created.outputJobId);
  expect((await readdir(folder)).sort()).toEqual(["media.mp4", "post.json"]);
  expect((await probeSource(join(folder, "media.mp4"))).facts).toMatchObject({
    kind: "video",
    durationMs: expect.closeTo(5000, -2),
  });
  expect(isSandboxMade(await readFile(join(folder, "media.mp4")))).toBe(true);
  expect(JSON.parse(await readFile(join(folder, "post.json"), "utf8"))).toMatchObject({
    platform: "instagram",
    request: { caption: "Straight from the runway", product: "REELS" },
  });
  expect((await api.get("/instagram/publishes")).publishes).toMatchObject([
    { status: "succeeded", product: "REELS" },
  ]);
});

test("current mode answers every edit with 410 and where to go instead", async () => {
  await using sandbox = await openSandbox({ mode: "current" });
  const api = plainClient(sandbox.url);
  for (const endpoint of ["video", "image", "audio"]) {
    const answer = await api.post(`/${endpoint}/edit`, { operation: "trim", mediaIds: ["x"] });
    expect(answer).toMatchObject({
      status: 410,
      error: { code: "gone", message: expect.stringContaining("upload") },
    });
  }
  expect((await api.get("/capabilities")).editing).toEqual({ video: [], image: [], audio: [] });
});

test("legacy mode edits for real: a title on a picture keeps its format and size", async () => {
  await using sandbox = await openSandbox({ mode: "legacy" });
  const api = plainClient(sandbox.url);
  const { mediaId } = await api.upload(await photo(), "photo.jpg", "image/jpeg");
  const edit = await api.post("/image/edit", {
    operation: "textOverlay",
    mediaIds: [mediaId],
    promptText: "Hello",
  });
  const { outputs } = await api.finished("editor", edit.editorJobId);
  expect(outputs).toMatchObject([{ mimeType: "image/jpeg", width: 320, height: 200 }]);
  const bytes = new Uint8Array(await (await fetch(outputs[0].url)).arrayBuffer());
  expect(isSandboxMade(bytes)).toBe(true);
  const operations = (await api.get("/capabilities")).editing.video.map(
    (entry: { operation: string }) => entry.operation,
  );
  expect(operations).toContain("trim");
});

test("edits that do not fit are refused before anything is booked", async () => {
  await using sandbox = await openSandbox({ mode: "legacy" });
  const api = plainClient(sandbox.url);
  const { mediaId } = await api.upload(await photo(), "photo.jpg", "image/jpeg");
  const refusals = [
    [{}, "'operation' is required"],
    [{ operation: "explode", mediaIds: [mediaId] }, "'operation' is not valid"],
    [
      { operation: "trim", mediaIds: [mediaId], params: { trimStartMs: 0 } },
      "'params.trimEndMs' is required",
    ],
    [
      { operation: "trim", mediaIds: [mediaId], params: { trimStartMs: 100, trimEndMs: 150 } },
      "is not valid",
    ],
    [{ operation: "crop", mediaIds: [mediaId] }, "'video_0' is not valid"],
  ] as const;
  for (const [body, words] of refusals) {
    const answer = await api.post("/video/edit", body);
    expect(answer).toMatchObject({
      status: 400,
      error: { code: "validation_error", message: expect.stringContaining(words) },
    });
  }
});
