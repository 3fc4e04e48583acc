import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { probeSource } from "../../../src/editing/probe.ts";
import { isSandboxMade } from "../../../src/sandbox/mark.ts";
import { openSandbox } from "../../support/sandbox.ts";
import { plainClient } from "./plainClient.ts";

const download = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function generate(api: ReturnType<typeof plainClient>, path: string, body: object) {
  const created = await api.post(path, body);
  expect(created).toMatchObject({ status: 201 });
  const job = await api.finished("inference", created.inferenceJobId);
  expect(job).toMatchObject({ status: "succeeded" });
  return job.outputs[0];
}

test("pictures follow shape, resolution, seed and colour words", async () => {
  await using sandbox = await openSandbox();
  const api = plainClient(sandbox.url);
  const picture = async (prompt: string, params: object) =>
    (await generate(api, "/image/generate", { model: "nano-banana-2", prompt, params })).media;
  const wide = await picture("a hill", { aspectRatio: "21:9", seed: 5 });
  expect(wide).toMatchObject({ width: 1024, height: 438 });
  expect(await picture("a hill", { aspectRatio: "4:5", resolution: "2K" })).toMatchObject({
    width: 1228,
    height: 1536,
  });
  const [same, other] = [
    await picture("a hill", { aspectRatio: "21:9", seed: 5 }),
    await picture("a hill", { aspectRatio: "21:9", seed: 6 }),
  ];
  const bytes = await download(wide.url);
  expect(await download(same.url)).toEqual(bytes);
  expect(await download(other.url)).not.toEqual(bytes);
  const means = async (prompt: string) => {
    const { channels } = await sharp(
      await download((await picture(prompt, { aspectRatio: "1:1", seed: 1 })).url),
    ).stats();
    return channels.map((channel) => channel.mean);
  };
  const [red = 0, , blueOfRed = 0] = await means("red");
  const [redOfBlue = 0, , blue = 0] = await means("blue");
  expect(red).toBeGreaterThan(blueOfRed);
  expect(blue).toBeGreaterThan(redOfBlue);
});

test("a reference image shows in the result", async () => {
  await using sandbox = await openSandbox();
  const api = plainClient(sandbox.url);
  const half = (left: string, right: string) =>
    sharp({ create: { width: 400, height: 400, channels: 3, background: left } })
      .composite([
        { input: { create: { width: 200, height: 400, channels: 3, background: right } }, left: 200, top: 0 },
      ])
      .png()
      .toBuffer();
  const leftBrighterBy = async (reference: Buffer) => {
    const { mediaId } = await api.upload(new Uint8Array(reference), "half.png", "image/png");
    const { media } = await generate(api, "/image/generate", {
      model: "nano-banana-2",
      prompt: "studio",
      params: { aspectRatio: "auto", seed: 3 },
      attachmentMediaIds: [mediaId],
    });
    expect(media).toMatchObject({ width: 1024, height: 1024 });
    const bytes = await download(media.url);
    const side = async (left: number) => {
      const part = await sharp(bytes).extract({ left, top: 300, width: 200, height: 300 }).toBuffer();
      return (await sharp(part).stats()).channels[1]?.mean ?? 0;
    };
    return (await side(100)) - (await side(724));
  };
  expect(await leftBrighterBy(await half("#ffffff", "#000000"))).toBeGreaterThan(60);
  expect(await leftBrighterBy(await half("#000000", "#ffffff"))).toBeLessThan(-60);
});

test("clips, music and speech have the asked length, and every file carries the mark", async () => {
  await using sandbox = await openSandbox();
  const api = plainClient(sandbox.url);
  const check = async (media: { url: string; mimeType: string }, extension: string) => {
    const bytes = await download(media.url);
    expect(isSandboxMade(bytes)).toBe(true);
    expect(isSandboxMade(bytes.subarray(0, 65_536)) || isSandboxMade(bytes.subarray(-65_536))).toBe(true);
    const path = join(sandbox.stateDir, `probe${extension}`);
    await writeFile(path, bytes);
    return (await probeSource(path)).facts;
  };
  const clip = await generate(api, "/video/generate", {
    model: "kling_3_pro",
    prompt: "calm orbs",
    params: { duration: 3, aspectRatio: "9:16" },
  });
  expect(clip.media).toMatchObject({
    mimeType: "video/mp4",
    width: 540,
    height: 960,
    durationMs: 3000,
    fps: 24,
  });
  expect(await check(clip.media, ".mp4")).toMatchObject({ kind: "video", durationMs: 3000, hasAudio: true });
  const music = await generate(api, "/music/generate", {
    model: "suno-music",
    prompt: "upbeat",
    params: { duration: 6, instrumental: true },
  });
  expect(await check(music.media, ".mp3")).toMatchObject({
    kind: "audio",
    durationMs: expect.closeTo(6000, -3),
  });
  const say = (prompt: string) =>
    generate(api, "/audio/speech", { model: "elevenlabs-tts", prompt, params: { voiceId: "v" } });
  const [short, long] = [
    await say("Hello."),
    await say("Hello there, and welcome to a much longer sentence than before."),
  ];
  expect(long.media.durationMs).toBeGreaterThan(short.media.durationMs * 2);
  const text = await generate(api, "/text/generate", {
    model: "openrouter-completion",
    prompt: "A caption about velvet",
  });
  expect(text).toMatchObject({
    outputKey: "text",
    media: null,
    outputValue: expect.stringContaining("elvet"),
  });
});

test("bytes are sent whole or by range, without a key but only to who knows the address", async () => {
  await using sandbox = await openSandbox();
  const api = plainClient(sandbox.url);
  const bytes = new Uint8Array(
    await sharp({ create: { width: 64, height: 64, channels: 3, background: "#123456" } })
      .png()
      .toBuffer(),
  );
  const { url } = await api.upload(bytes, "a.png", "image/png");
  const size = bytes.length;
  const ranged = (range: string) => fetch(url, { headers: { range } });
  expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(bytes);
  const middle = await ranged("bytes=10-19");
  expect([middle.status, middle.headers.get("content-range")]).toEqual([206, `bytes 10-19/${size}`]);
  expect(new Uint8Array(await middle.arrayBuffer())).toEqual(bytes.slice(10, 20));
  expect(new Uint8Array(await (await ranged("bytes=-5")).arrayBuffer())).toEqual(bytes.slice(-5));
  expect(new Uint8Array(await (await ranged(`bytes=${size - 3}-`)).arrayBuffer())).toEqual(bytes.slice(-3));
  expect((await ranged(`bytes=${size}-`)).status).toBe(416);
  expect((await fetch(url.replace(/\/files\/./, "/files/_"))).status).toBe(404);
  expect((await fetch(`${url}/../../../sandbox.db`)).status).toBe(404);
});
