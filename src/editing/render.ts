/** Carries out the edit operations. Runs in the render process only. */
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { encodeAudio, encodeFrame, encodeVideo, gain, mixedSound, soundOf } from "./encode-job.ts";
import { EditFailure } from "./failure.ts";
import { anchor, cropRect, evenDown, fitRatio, imageCropRect } from "./geometry.ts";
import {
  audioChain,
  contain,
  cover,
  exactly,
  lasting,
  mix,
  seconds,
  silence,
  stillChain,
  videoChain,
} from "./graphs.ts";
import { overlayTextOnImage, writeInFormat } from "./image-output.ts";
import type { RenderedFile, RenderTask } from "./messages.ts";
import {
  checkEditInputs,
  type EditInputFacts,
  type EditOperation,
  type EditOperationSpec,
  editOperations,
  parseEditParams,
} from "./operations.ts";
import { probeSource, type Source } from "./probe.ts";
import { audioIn, imageIn, type OnProgress, type Renderer, sizeOf, slotsOf, videoIn } from "./render-job.ts";
import { reverse } from "./reverse.ts";
import { stillsToVideo } from "./still-video.ts";
import { drawText } from "./text.ts";

/** How each operation is carried out. */
export const renderers: { readonly [Operation in EditOperation]: Renderer<Operation> } = {
  trim: async (job) => {
    const { trimStartMs, trimEndMs } = job.params;
    const still = job.sources.get("video_0");
    // An image becomes a still clip of the asked length.
    if (still?.kind === "image")
      return stillsToVideo(job, [still], {
        durationMs: trimEndMs - trimStartMs,
        aspectRatio: "source",
        zoom: false,
      });
    const source = videoIn(job, "video_0");
    const part = {
      startS: trimStartMs / 1000,
      endS: Math.min(trimEndMs / 1000, source.durationS),
    };
    return encodeVideo(job, {
      chains: [`${videoChain(source, part)}[out0]`, soundOf(source, part)],
      durationS: part.endS - part.startS,
    });
  },

  crop: async (job) => {
    const source = videoIn(job, "video_0");
    const { width, height, x, y } = cropRect(source, job.params);
    return encodeVideo(job, {
      chains: [
        `${videoChain(source, { even: false })},crop=${width}:${height}:${x}:${y}:exact=1[out0]`,
        soundOf(source),
      ],
      durationS: source.durationS,
    });
  },

  textOverlay: async (job) => {
    const source = job.sources.get("media_0");
    if (source?.kind === "image") return overlayTextOnImage(source, job);
    const video = videoIn(job, "media_0");
    const frame = { width: evenDown(video.width), height: evenDown(video.height) };
    const drawn = await drawText(job.text, frame, job.params);
    const pngPath = join(job.workDir, "text.png");
    await writeFile(pngPath, drawn.png);
    const { startMs = 0, endMs } = job.params;
    const from = seconds(startMs / 1000);
    const shown =
      endMs === undefined ? `gte(t\\,${from})` : `gte(t\\,${from})*lt(t\\,${seconds(endMs / 1000)})`;
    return encodeVideo(job, {
      chains: [
        `${videoChain(video)}[picture]`,
        `${stillChain(pngPath)}[text]`,
        `[picture][text]overlay=${drawn.x}:${drawn.y}:enable=${shown},format=yuv420p[out0]`,
        soundOf(video),
      ],
      durationS: video.durationS,
    });
  },

  merge: async (job) => {
    const sources = slotsOf("merge").flatMap((slot) => (job.sources.has(slot) ? [videoIn(job, slot)] : []));
    const [first] = sources;
    if (!first) throw new EditFailure("invalid-request", "Merge needs at least two videos.");
    const frame = { width: evenDown(first.width), height: evenDown(first.height) };
    const withSound = sources.some((source) => source.hasAudio);
    const pictures = sources.map(
      (source, index) =>
        `${videoChain(source, { fps: first.fps, even: false })},${contain(frame)}[v${index}]`,
    );
    const sounds = sources.map(
      (source, index) =>
        `${source.hasAudio ? audioChain(source) : silence(source.durationS)},${exactly(source.durationS)}[a${index}]`,
    );
    const joined = sources.map((_, index) => (withSound ? `[v${index}][a${index}]` : `[v${index}]`)).join("");
    return encodeVideo(job, {
      chains: [
        ...pictures,
        ...(withSound ? sounds : []),
        `${joined}concat=n=${sources.length}:v=1:a=${withSound ? 1 : 0}[out0]${withSound ? "[out1]" : ""}`,
      ],
      durationS: sources.reduce((sum, source) => sum + source.durationS, 0),
    });
  },

  extractFrame: async (job) => {
    const source = videoIn(job, "video_0");
    const { timestampMs, timestampPercent, format } = job.params;
    const atS =
      timestampPercent === undefined
        ? (timestampMs ?? 0) / 1000
        : (source.durationS * timestampPercent) / 100;
    return encodeFrame(job, source, atS, join(job.workDir, format === "jpeg" ? "output.jpg" : "output.png"));
  },

  imageToVideo: (job) => {
    const images = slotsOf("imageToVideo").flatMap((slot) =>
      job.sources.has(slot) ? [imageIn(job, slot)] : [],
    );
    return stillsToVideo(job, images, job.params);
  },

  speed: async (job) => {
    const source = videoIn(job, "video_0");
    const { speed } = job.params;
    const { num, den } = source.fps;
    // Below 0.5 one atempo is not allowed; two roots of it are the same.
    const tempo = speed < 0.5 ? [Math.sqrt(speed), Math.sqrt(speed)] : [speed];
    const durationS = source.durationS / speed;
    return encodeVideo(job, {
      chains: [
        `${videoChain(source)},setpts=PTS/${speed},fps=${num}/${den},${lasting(durationS, source.fps)}[out0]`,
        source.hasAudio &&
          `${audioChain(source)},${tempo.map((each) => `atempo=${each.toFixed(6)}`).join(",")},${exactly(durationS)}[out1]`,
      ],
      durationS,
    });
  },

  volume: async (job) => {
    const source = videoIn(job, "video_0");
    const { volume, muted } = job.params;
    return encodeVideo(job, {
      chains: [
        `${videoChain(source)}[out0]`,
        source.hasAudio && `${audioChain(source)},${gain(muted ? 0 : volume)}[out1]`,
      ],
      durationS: source.durationS,
    });
  },

  editAudio: async (job) => {
    const source = videoIn(job, "video_0");
    const track = audioIn(job, "audio_0");
    const { videoVolume, audioVolume } = job.params;
    const own = source.hasAudio && videoVolume > 0;
    const length = exactly(source.durationS);
    return encodeVideo(job, {
      chains: [
        `${videoChain(source)}[out0]`,
        own && `${audioChain(source)},${gain(videoVolume)},${length}[own]`,
        `${audioChain(track)},${gain(audioVolume)},${length}[added]`,
        own ? `[own][added]${mix(2, "first")}[out1]` : "[added]anull[out1]",
      ],
      durationS: source.durationS,
    });
  },

  overlay: async (job) => {
    const back = videoIn(job, "video_0");
    const front = videoIn(job, "video_1");
    const frame = { width: evenDown(back.width), height: evenDown(back.height) };
    const share = job.params.resizePercent / 100;
    const fitted = fitRatio({ width: frame.width * share, height: frame.height }, front.width / front.height);
    const inset = { width: evenDown(fitted.width), height: evenDown(fitted.height) };
    const at = anchor(job.params.position);
    const x = Math.round((frame.width - inset.width) * at.x);
    const y = Math.round((frame.height - inset.height) * at.y);
    return encodeVideo(job, {
      chains: [
        `${videoChain(back)}[back]`,
        `${videoChain(front, { fps: back.fps, even: false, endS: back.durationS })},scale=${inset.width}:${inset.height},setsar=1[front]`,
        `[back][front]overlay=${x}:${y}:eof_action=pass,format=yuv420p[out0]`,
        ...mixedSound([back, front], back.durationS),
      ],
      durationS: back.durationS,
    });
  },

  splitScreen: async (job) => {
    const sources = [videoIn(job, "video_0"), videoIn(job, "video_1")] as const;
    const wide = job.params.targetAspectRatio === "16:9";
    const [first] = sources;
    const short = Math.min(1080, Math.max(64, Math.min(first.width, first.height)));
    const long = evenDown((short * 16) / 9 / 2) * 2;
    const half = wide
      ? { width: long / 2, height: evenDown(short) }
      : { width: evenDown(short), height: long / 2 };
    const durationS = Math.max(...sources.map((source) => source.durationS));
    return encodeVideo(job, {
      chains: [
        ...sources.map(
          (source, index) =>
            `${videoChain(source, { fps: first.fps, even: false })},${cover(half)}[v${index}]`,
        ),
        `[v0][v1]${wide ? "hstack" : "vstack"}=inputs=2,format=yuv420p[out0]`,
        ...mixedSound(sources, durationS),
      ],
      durationS,
    });
  },

  reverseVideo: (job) => reverse(job, videoIn(job, "video_0")),

  extractAudio: async (job) => {
    const source = videoIn(job, "video_0");
    if (!source.hasAudio)
      throw new EditFailure("no-audio", "This video has no sound, so none can be taken from it.");
    return encodeAudio(job, `${audioChain(source)}[out0]`, ".mp3", source.durationS);
  },

  imageCrop: async (job) => {
    const image = imageIn(job, "image_0");
    const { x, y, width, height } = imageCropRect(sizeOf(image), job.params);
    const cropped = sharp(image.path).autoOrient().extract({ left: x, top: y, width, height });
    return writeInFormat(cropped, image.format, job.workDir);
  },

  audioTrim: async (job) => {
    const source = audioIn(job, "audio_0");
    const startS = job.params.trimStartMs / 1000;
    const endS = Math.min((job.params.trimEndMs ?? Infinity) / 1000, source.durationS);
    const kept: Readonly<Record<string, string>> = { wav: ".wav", mov: ".m4a" };
    return encodeAudio(
      job,
      `${audioChain(source, { startS, endS })}[out0]`,
      kept[source.format] ?? ".mp3",
      endS - startS,
    );
  },
};

/**
 * Renders one task into its `workDir`. The result's paths lie in there; other files there are leftovers.
 *
 * @throws EditFailure for what a person can act on; anything else is the renderer's own trouble.
 */
export async function render(task: RenderTask, onProgress: OnProgress): Promise<RenderedFile[]> {
  const sources = new Map<string, Source>();
  const inputs: EditInputFacts[] = [];
  for (const { slot, path } of task.inputs) {
    const source = await probeSource(path);
    sources.set(slot, source);
    inputs.push({ slot, ...source.facts });
  }
  const spec: EditOperationSpec = editOperations[task.operation];
  const still = task.allowStill && spec.stills && sources.get("video_0")?.kind === "image";
  const parsed = parseEditParams(task.operation, task.params, inputs);
  const issues = [
    ...(still ? [] : checkEditInputs(task.operation, inputs)),
    ...(parsed.ok ? [] : parsed.issues),
    ...(spec.text === "required" && !task.text?.trim()
      ? [{ param: "text", message: `${spec.label} needs a text.` }]
      : []),
  ];
  if (issues.length > 0 || !parsed.ok)
    throw new EditFailure(
      "invalid-request",
      issues.map(({ param, message }) => `${param}: ${message}`).join(" "),
    );

  const job = { params: parsed.params, sources, text: task.text ?? "", workDir: task.workDir, onProgress };
  // The params were parsed by this operation's schema; the record's type cannot follow a name chosen at run time.
  const made = await (renderers[task.operation] as Renderer<EditOperation>)(job);
  const files: RenderedFile[] = [];
  for (const part of typeof made === "string" ? [{ path: made }] : made) {
    const { facts } = await probeSource(part.path);
    files.push({ ...facts, ...part, sizeBytes: (await stat(part.path)).size });
  }
  onProgress({ fraction: 1 });
  return files;
}
