import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEditor, type RenderRequest } from "../../../src/editing/editor.ts";
import { forkEditor } from "../../../src/editing/fork.ts";
import type { EditorExit, EditorProcess } from "../../../src/editing/process.ts";
import { createFolder, makeClip, makeTone, recordClip } from "./media.ts";

const entry = new URL("../../../src/editing/worker.ts", import.meta.url);
const editor = createEditor({ spawn: () => forkEditor(entry) });

let folder: Awaited<ReturnType<typeof createFolder>>;
let clip: string;
let long: string;

beforeAll(async () => {
  folder = await createFolder();
  clip = await makeClip(join(folder.path, "clip.mp4"));
  long = await makeClip(join(folder.path, "long.mp4"), {
    size: "640x480",
    seconds: 20,
    picture: "color=c=red",
  });
});

afterAll(async () => {
  await editor.close();
  await folder.remove();
});

const trim = (path: string, outputDir: string, trimEndMs = 900): RenderRequest => ({
  operation: "trim",
  params: { trimStartMs: 0, trimEndMs },
  inputs: [{ slot: "video_0", path, kind: "video" }],
  outputDir,
  outputName: "result",
});

/** A process played by the test. */
function playedProcess() {
  const listeners: {
    message?: (message: unknown) => void;
    exit?: (exit: EditorExit) => void;
    stderr?: (text: string) => void;
  } = {};
  const sent: unknown[] = [];
  const asked = Promise.withResolvers<{ id: number }>();
  const played = {
    sent,
    asked: asked.promise,
    say: (message: unknown) => listeners.message?.(message),
    exit: (exit: EditorExit) => listeners.exit?.(exit),
    stderr: (text: string) => listeners.stderr?.(text),
    kills: 0,
  };
  const process: EditorProcess = {
    postMessage: (message) => {
      sent.push(message);
      asked.resolve(message as { id: number }); // the editor's own message
    },
    onMessage: (listener) => {
      listeners.message = listener;
    },
    onExit: (listener) => {
      listeners.exit = listener;
    },
    onStderr: (listener) => {
      listeners.stderr = listener;
    },
    kill: () => {
      played.kills += 1;
      listeners.exit?.({ code: null, signal: "SIGKILL" });
    },
  };
  return { process, played };
}

test("an abort kills the render, frees its place and leaves nothing behind", async () => {
  const outputDir = join(folder.path, "cancelled");
  const pids: Promise<EditorExit>[] = [];
  const watched = createEditor({
    maxParallel: 1,
    spawn: () => {
      const process = forkEditor(entry);
      pids.push(new Promise((resolve) => process.onExit(resolve)));
      return process;
    },
  });
  const abort = new AbortController();
  const rendering = watched.render(trim(long, outputDir, 20_000), {
    signal: abort.signal,
    onProgress: () => abort.abort("enough"),
  });
  await expect(rendering).rejects.toMatchObject({ code: "cancelled", cause: "enough" });
  expect(await pids[0]).toMatchObject({ signal: "SIGKILL" });
  expect(await readdir(outputDir)).toEqual([]);
  await watched.render(trim(clip, outputDir));
  expect(await readdir(outputDir)).toEqual(["result.mp4"]);
  await watched.close();
});

test("a render that waits for its turn can be cancelled, and close ends the rest", async () => {
  const { process } = playedProcess();
  const busy = createEditor({ spawn: () => process, maxParallel: 1 });
  const first = busy.render(trim(clip, join(folder.path, "busy")));
  const abort = new AbortController();
  const second = busy.render(trim(clip, join(folder.path, "busy")), { signal: abort.signal });
  abort.abort();
  await expect(second).rejects.toMatchObject({ code: "cancelled" });
  const third = busy.render(trim(clip, join(folder.path, "busy")));
  const ended = Promise.allSettled([first, third]);
  await busy.close();
  for (const each of await ended) expect(each).toMatchObject({ reason: { code: "closed" } });
  await expect(busy.probe(clip)).rejects.toMatchObject({ code: "closed" });
  expect(await readdir(join(folder.path, "busy"))).toEqual([]);
});

test("a crash is a failure with the end of stderr", async () => {
  const { process, played } = playedProcess();
  const outputDir = join(folder.path, "crashed");
  const rendering = createEditor({ spawn: () => process }).render(trim(clip, outputDir));
  await played.asked;
  played.stderr("x".repeat(10_000));
  played.stderr("the last words");
  played.exit({ code: null, signal: "SIGSEGV" });
  await expect(rendering).rejects.toMatchObject({
    name: "EditFailure",
    code: "crashed",
    message: expect.stringContaining("SIGSEGV"),
    stderrTail: expect.stringMatching(/^.{3900,4000}$/s),
  });
  await expect(rendering).rejects.toMatchObject({ stderrTail: expect.stringContaining("the last words") });
  expect(await readdir(outputDir)).toEqual([]);
});

test("a process killed from outside in the middle of a render is a crash that leaves no file", async () => {
  const outputDir = join(folder.path, "killed");
  const doomed = createEditor({
    spawn: () => {
      const process = forkEditor(entry);
      process.onMessage((message) => {
        if (JSON.stringify(message).includes("progress")) process.kill();
      });
      return process;
    },
  });
  await expect(doomed.render(trim(long, outputDir, 20_000))).rejects.toMatchObject({
    code: "crashed",
    message: expect.stringContaining("SIGKILL"),
  });
  expect(await readdir(outputDir)).toEqual([]);
});

test("the worker speaks through Electron's parent port where there is one", async () => {
  const ported = createEditor({
    spawn: () => forkEditor(new URL("./parent-port-worker.ts", import.meta.url)),
  });
  expect(await ported.probe(clip)).toMatchObject({ kind: "video" });
  await ported.close();
});

test("a worker that cannot start is a failure, too", async () => {
  const missing = createEditor({ spawn: () => forkEditor(new URL("./no-such-worker.ts", import.meta.url)) });
  await expect(missing.probe(clip)).rejects.toMatchObject({
    code: "crashed",
    stderrTail: expect.stringContaining("no-such"),
  });
});

test("too much memory, too much time and foreign messages end the process", async () => {
  const failing = async (act: (played: ReturnType<typeof playedProcess>["played"]) => void, limits = {}) => {
    const { process, played } = playedProcess();
    const rendering = createEditor({ spawn: () => process, limits }).render(
      trim(clip, join(folder.path, "limits")),
    );
    const settled = rendering.catch((error: unknown) => error);
    await played.asked;
    act(played);
    const error = await settled;
    expect(played.kills).toBeGreaterThan(0);
    return error;
  };
  expect(
    await failing((played) => played.say({ type: "memory", rssBytes: 2e9 }), { memoryBytes: 1e9 }),
  ).toMatchObject({ code: "out-of-memory" });
  expect(await failing(() => undefined, { renderMs: 1 })).toMatchObject({ code: "timed-out" });
  expect(await failing((played) => played.say({ type: "nonsense" }))).toMatchObject({ code: "crashed" });
});

test("progress never goes back", async () => {
  const { process, played } = playedProcess();
  const fractions: number[] = [];
  const rendering = createEditor({ spawn: () => process }).render(trim(clip, join(folder.path, "progress")), {
    onProgress: ({ fraction }) => fractions.push(fraction),
  });
  const { id } = await played.asked;
  for (const fraction of [0.2, 0.1, 0.5, 7]) played.say({ type: "progress", id, fraction, frames: 1 });
  played.say({ type: "done", id, result: [] });
  await rendering;
  expect(fractions).toEqual([0.2, 0.2, 0.5, 1]);
});

test("causes survive the way between processes", async () => {
  const path = join(folder.path, "broken.mp4");
  await writeFile(path, "this is no video");
  await expect(editor.probe(path)).rejects.toMatchObject({
    code: "unreadable-input",
    message: expect.stringContaining("broken.mp4"),
    cause: { name: "FFmpegError", message: expect.stringContaining("Invalid data") },
  });
  await expect(editor.probe(join(folder.path, "missing.mp4"))).rejects.toMatchObject({
    code: "unreadable-input",
    cause: { code: "ENOENT" },
  });
});

test("a playlist that names other files is no media", async () => {
  const sneaky = async (name: string, content: string) => {
    const path = join(folder.path, name);
    await writeFile(path, content);
    await expect(editor.probe(path)).rejects.toMatchObject({ code: "unreadable-input" });
  };
  await sneaky("hls.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n");
  await sneaky("list.mp4", "ffconcat version 1.0\nfile clip.mp4\n");
});

test("probe reads what a file is from its bytes", async () => {
  expect(await editor.probe(clip)).toEqual({
    kind: "video",
    mimeType: "video/mp4",
    width: 160,
    height: 120,
    durationMs: 1000,
    fps: 25,
    hasAudio: true,
  });
  const tone = await makeTone(join(folder.path, "tone.mp3"));
  expect(await editor.probe(tone)).toMatchObject({ kind: "audio", mimeType: "audio/mpeg" });
  const image = join(folder.path, "image.mp4");
  await sharp({ create: { width: 30, height: 20, channels: 3, background: "red" } })
    .webp()
    .toFile(image);
  expect(await editor.probe(image)).toEqual({ kind: "image", mimeType: "image/webp", width: 30, height: 20 });
});

test("a recording that does not say how long it is gets measured, and a rate with gaps is smoothed", async () => {
  const gaps = await makeClip(join(folder.path, "gaps.mp4"), { drop: "mod(n\\,10)", seconds: 2 });
  expect(await editor.probe(gaps)).toMatchObject({ fps: 25 });
  const facts = await editor.probe(await recordClip(gaps, join(folder.path, "live.mkv")));
  expect(facts).toMatchObject({ mimeType: "video/x-matroska", hasAudio: true });
  expect(Math.abs((facts.durationMs ?? 0) - 2000)).toBeLessThanOrEqual(80);
});

test("posters are small, upright and never larger than the source", async () => {
  const photo = join(folder.path, "photo.jpg");
  await sharp({ create: { width: 90, height: 60, channels: 3, background: "red" } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toFile(photo);
  const at = (name: string) => join(folder.path, name);
  await editor.poster(photo, at("a.webp"), { maxSize: 45 });
  expect(await sharp(at("a.webp")).metadata()).toMatchObject({ format: "webp", width: 30, height: 45 });
  await editor.poster(clip, at("b.jpg"), { maxSize: 80 });
  expect(await sharp(at("b.jpg")).metadata()).toMatchObject({ format: "jpeg", width: 80, height: 60 });
  await editor.poster(clip, at("c.webp"));
  expect(await sharp(at("c.webp")).metadata()).toMatchObject({ width: 160, height: 120 });
  await expect(editor.poster(at("tone.mp3"), at("d.jpg"))).rejects.toMatchObject({ code: "invalid-request" });
  expect((await readdir(folder.path)).filter((name) => name.includes(".part"))).toEqual([]);
});

test("a waveform has as many peaks as asked for, between 0 and 1", async () => {
  const peaks = await editor.waveform(clip, 50);
  expect(peaks).toHaveLength(50);
  expect(Math.min(...peaks)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...peaks)).toBeLessThanOrEqual(1);
  expect(peaks[25]).toBeGreaterThan(0.05);
  const mute = await makeClip(join(folder.path, "mute.mp4"), { sound: false });
  await expect(editor.waveform(mute, 10)).rejects.toMatchObject({ code: "no-audio" });
});
