/** Carries out the edit operations. Runs in the render process only. */
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { encodeGraph } from "./encode.ts";
import { EditFailure } from "./failure.ts";
import { anchor, cropRect, evenDown, fitRatio, imageCropRect, parseRatio, type Size } from "./geometry.ts";
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
import type { RenderedFile, RenderTask } from "./messages.ts";
import {
  checkEditInputs,
  type EditInputFacts,
  type EditOperation,
  type EditOperationSpec,
  type EditParams,
  editOperations,
  parseEditParams,
} from "./operations.ts";
import { type AudioSource, type ImageSource, probeSource, type Source, type VideoSource } from "./probe.ts";
import { drawText } from "./text.ts";

type OnProgress = (progress: { readonly fraction: number; readonly frames?: number | undefined }) => void;

type Job<Operation extends EditOperation> = {
  readonly params: EditParams<Operation>;
  /** By slot. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly text: string;
  readonly workDir: string;
  readonly onProgress: OnProgress;
};

/** A finished file inside the job's folder, and which of the operation's results it is. */
type RenderedPart = { readonly path: string; readonly key?: string };

/** Gives the path of the finished file, or its several files. */
type Renderer<Operation extends EditOperation> = (
  job: Job<Operation>,
) => Promise<string | readonly RenderedPart[]>;

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

type AnyJob = Omit<Job<EditOperation>, "params">;

function videoIn(job: AnyJob, slot: string): VideoSource {
  const source = job.sources.get(slot);
  if (source?.kind !== "video") throw new EditFailure("invalid-request", `${slot}: A video is needed here.`);
  if (source.width < 2 || source.height < 2)
    throw new EditFailure("invalid-request", `${slot}: The video is too small to render.`);
  return source;
}

function imageIn(job: AnyJob, slot: string): ImageSource {
  const source = job.sources.get(slot);
  if (source?.kind !== "image") throw new EditFailure("invalid-request", `${slot}: An image is needed here.`);
  return source;
}

function audioIn(job: AnyJob, slot: string): AudioSource {
  const source = job.sources.get(slot);
  if (source?.kind !== "audio") throw new EditFailure("invalid-request", `${slot}: Audio is needed here.`);
  return source;
}

const slotsOf = (operation: EditOperation): string[] => editOperations[operation].slots.map(({ id }) => id);

const sizeOf = ({ facts }: ImageSource): Size => ({ width: facts.width ?? 1, height: facts.height ?? 1 });

const gain = (percent: number): string => `volume=${(percent / 100).toFixed(4)}`;

/** A video's own sound as `[out1]`, if it has any. */
function soundOf(source: VideoSource, part: { startS?: number; endS?: number } = {}): string | false {
  if (!source.hasAudio) return false;
  const lengthS = Math.min(part.endS ?? Infinity, source.durationS) - (part.startS ?? 0);
  return `${audioChain(source, part)},${exactly(lengthS)}[out1]`;
}

function mixedSound(sources: readonly VideoSource[], durationS: number): string[] {
  const sounding = sources.filter((source) => source.hasAudio);
  if (sounding.length === 0) return [];
  return [
    ...sounding.map((source, index) => `${audioChain(source)},${exactly(durationS)}[a${index}]`),
    `${sounding.map((_, index) => `[a${index}]`).join("")}${mix(sounding.length, "longest")}[out1]`,
  ];
}

async function encodeVideo(
  job: AnyJob,
  work: { readonly chains: readonly (string | false)[]; readonly durationS: number },
): Promise<string> {
  const outputPath = join(job.workDir, "output.mp4");
  await encodeGraph({
    graph: work.chains.filter(Boolean).join(";"),
    outputPath,
    onProgress: job.onProgress,
    durationMs: work.durationS * 1000,
  });
  return outputPath;
}

async function encodeAudio(
  job: AnyJob,
  graph: string,
  extension: string,
  durationS: number,
): Promise<string> {
  const outputPath = join(job.workDir, `output${extension}`);
  await encodeGraph({
    graph,
    outputPath,
    onProgress: job.onProgress,
    durationMs: durationS * 1000,
  });
  return outputPath;
}

/** Writes the frame on show at a time; beyond the end, the last one. `maxSize` bounds the longer side. */
export async function encodeFrame(
  job: { readonly onProgress?: OnProgress },
  source: VideoSource,
  atS: number,
  outputPath: string,
  maxSize?: number,
): Promise<string> {
  const rate = source.fps.num / source.fps.den;
  const time = Math.min(atS, Math.max(0, source.durationS - 0.5 / rate));
  // From a little before, so that the last frame can be held if the file ends sooner than it says.
  const startS = Math.max(0, time - 1);
  const index = Math.floor((time - startS) * rate + 1e-6);
  const size = maxSize
    ? `,scale=min(iw\\,${maxSize}):min(ih\\,${maxSize}):force_original_aspect_ratio=decrease:flags=lanczos`
    : "";
  await encodeGraph({
    graph: `${videoChain(source, { startS, even: false })},tpad=stop=-1:stop_mode=clone,trim=start_frame=${index}${size},format=rgb24[out0]`,
    outputPath,
    ...(job.onProgress ? { onProgress: job.onProgress } : {}),
  });
  return outputPath;
}

const STILL_FPS = 30;
/** Longer side of a clip made of stills, in pixels. */
const STILL_LONGEST = 1920;

async function stillsToVideo(
  job: AnyJob,
  images: readonly ImageSource[],
  params: EditParams<"imageToVideo">,
): Promise<string> {
  const [first] = images;
  if (!first) throw new EditFailure("invalid-request", "image_0: An image is needed here.");
  const source = sizeOf(first);
  const ratio =
    params.aspectRatio === "source" ? source.width / source.height : parseRatio(params.aspectRatio);
  const longest = Math.min(STILL_LONGEST, Math.max(source.width, source.height));
  const fitted = fitRatio({ width: longest, height: longest }, ratio);
  const frame = { width: evenDown(Math.round(fitted.width)), height: evenDown(Math.round(fitted.height)) };
  const frames = Math.max(1, Math.round((params.durationMs / 1000) * STILL_FPS));
  const chains: string[] = [];
  for (const [index, image] of images.entries()) {
    const path = join(job.workDir, `still-${index}.png`);
    await sharp(image.path)
      .autoOrient()
      .flatten({ background: "#000000" })
      .resize(frame.width, frame.height, { fit: "contain", background: "#000000" })
      .toColourspace("srgb")
      .png({ compressionLevel: 1 })
      .toFile(path);
    const moving = params.zoom
      ? // zoompan places by whole pixels; twice the size halves the tremble.
        `scale=iw*2:ih*2,zoompan=z=1+0.15*on/${frames}:x=iw/2-iw/zoom/2:y=ih/2-ih/zoom/2:d=${frames}:s=${frame.width}x${frame.height}:fps=${STILL_FPS}`
      : `loop=loop=${frames - 1}:size=1,setpts=N/${STILL_FPS}/TB,fps=${STILL_FPS}`;
    chains.push(
      `${stillChain(path)},${moving},trim=end_frame=${frames},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1[v${index}]`,
    );
  }
  const joined = images.map((_, index) => `[v${index}]`).join("");
  return encodeVideo(job, {
    chains: [...chains, `${joined}concat=n=${images.length}:v=1:a=0[out0]`],
    durationS: (frames * images.length) / STILL_FPS,
  });
}

/** Raw frames held at once while reversing, in bytes. */
const REVERSE_BYTES = 160_000_000;

/**
 * Reversing holds every frame in memory, so a longer video is reversed piece by piece, last piece first, into
 * nearly lossless files that are then joined.
 */
async function reverse(job: Job<"reverseVideo">, source: VideoSource): Promise<string> {
  const rate = source.fps.num / source.fps.den;
  const pieceFrames = Math.max(1, Math.floor(REVERSE_BYTES / (source.width * source.height * 1.5)));
  const pieces = Math.ceil((source.durationS * rate) / pieceFrames);
  const sound = source.hasAudio
    ? `${audioChain(source)},${exactly(source.durationS)},aformat=sample_fmts=s16,areverse[out1]`
    : false;
  if (pieces <= 1)
    return encodeVideo(job, {
      chains: [`${videoChain(source)},reverse[out0]`, sound],
      durationS: source.durationS,
    });

  const pieceS = pieceFrames / rate;
  const list = ["ffconcat version 1.0"];
  for (let piece = pieces - 1; piece >= 0; piece -= 1) {
    const name = `piece-${piece}.mp4`;
    const done = pieces - 1 - piece;
    await encodeGraph({
      graph: `${videoChain(source, { startS: piece * pieceS, endS: (piece + 1) * pieceS })},reverse[out0]`,
      outputPath: join(job.workDir, name),
      video: { crf: 10, preset: "ultrafast" },
      durationMs: pieceS * 1000,
      onProgress: ({ fraction, frames }) =>
        job.onProgress({ fraction: (done + fraction) / pieces / 2, frames: done * pieceFrames + frames }),
    });
    list.push(`file ${name}`);
  }
  const listPath = join(job.workDir, "pieces.ffconcat");
  await writeFile(listPath, `${list.join("\n")}\n`);
  const joined: VideoSource = {
    ...source,
    path: listPath,
    format: "concat",
    startS: 0,
    turns: 0,
    squarePixels: true,
  };
  return encodeVideo(
    {
      ...job,
      onProgress: ({ fraction, frames }) => job.onProgress({ fraction: 0.5 + fraction / 2, frames }),
    },
    { chains: [`${videoChain(joined)}[out0]`, sound], durationS: source.durationS },
  );
}

async function overlayTextOnImage(image: ImageSource, job: Job<"textOverlay">): Promise<string> {
  const drawn = await drawText(job.text, sizeOf(image), job.params);
  const composed = sharp(image.path)
    .autoOrient()
    .composite([{ input: drawn.png, left: drawn.x, top: drawn.y }]);
  return writeInFormat(composed, image.format, job.workDir);
}

/** Keeps the input's format where it can be written; what cannot (SVG, GIF, TIFF) becomes PNG. */
async function writeInFormat(image: Sharp, format: string, workDir: string): Promise<string> {
  const kept = image.keepIccProfile();
  if (format === "jpeg") return toFile(kept.jpeg({ quality: 92 }), join(workDir, "output.jpg"));
  if (format === "webp") return toFile(kept.webp({ quality: 92 }), join(workDir, "output.webp"));
  if (format === "heif") return toFile(kept.avif({ quality: 70 }), join(workDir, "output.avif"));
  return toFile(kept.png(), join(workDir, "output.png"));
}

async function toFile(image: Sharp, path: string): Promise<string> {
  await image.toFile(path);
  return path;
}
