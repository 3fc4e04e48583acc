import { createCanvas } from "@napi-rs/canvas";
import { Encoder, Muxer } from "node-av/api";
import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_LOG_ERROR,
  AV_PIX_FMT_RGBA,
  AV_SAMPLE_FMT_FLT,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { Frame, Log } from "node-av/lib";
import { drawLayers } from "./layer.ts";
import { composeMusic } from "./music.ts";
import { composePicture, drawCaption, type PictureRequest } from "./picture.ts";
import { type Sound, sampleRate } from "./wave.ts";

// x264 greets on stderr otherwise.
Log.setLevel(AV_LOG_ERROR);

const framesPerSecond = 24;

export type ClipRequest = PictureRequest & {
  readonly durationS: number;
  readonly silent: boolean;
  /** Ends in `.mp4`. Written in place: give a path that nobody reads yet. */
  readonly path: string;
  readonly signal: AbortSignal;
};

/** The picture with a slow camera move through its layers and a quiet bed of music. */
export async function makeClip(request: ClipRequest): Promise<void> {
  const size = { width: request.width, height: request.height };
  const layers = await composePicture(request);
  const caption = createCanvas(size.width, size.height);
  drawCaption(caption.getContext("2d"), size, request.prompt, request.model);
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "low";
  const sound = request.silent
    ? undefined
    : composeMusic({
        prompt: `calm ${request.prompt}`,
        seed: request.seed,
        durationS: request.durationS,
        voice: false,
        sparse: true,
      });

  using pictures = await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: "veryfast", crf: 22 },
    context: { gopSize: framesPerSecond * 2 },
    autoFormat: true,
  });
  using samples = sound
    ? await Encoder.create(FF_ENCODER_AAC, { context: { bitRate: "128k" }, autoResample: true })
    : null;
  await using output = await Muxer.open(request.path, { format: "mp4", options: { movflags: "+faststart" } });
  const pictureLane = output.addStream(pictures);
  const soundLane = samples ? output.addStream(samples) : -1;

  const write = async (encoder: Encoder, lane: number, frame: Frame | null): Promise<void> => {
    for await (const packet of encoder.packets(frame)) {
      if (packet) await output.writePacket(packet, lane);
      packet?.free();
    }
    frame?.free();
  };

  const frames = Math.round(request.durationS * framesPerSecond);
  let sampled = 0;
  for (let i = 0; i < frames; i++) {
    request.signal.throwIfAborted();
    drawLayers(context, size, layers, i / Math.max(1, frames - 1), i / framesPerSecond);
    context.drawImage(caption, 0, 0);
    const frame = Frame.fromVideoBuffer(canvas.data(), {
      ...size,
      format: AV_PIX_FMT_RGBA,
      timeBase: { num: 1, den: framesPerSecond },
      pts: BigInt(i),
    });
    await write(pictures, pictureLane, frame);
    // Sound keeps step with the pictures, so that the muxer need not hold either back.
    while (
      sound &&
      samples &&
      sampled < Math.min(sound.left.length, ((i + 1) * sampleRate) / framesPerSecond)
    ) {
      await write(samples, soundLane, soundFrame(sound, sampled));
      sampled += soundFrameLength;
    }
  }
  await write(pictures, pictureLane, null);
  if (samples) await write(samples, soundLane, null);
}

/** Samples per frame of AAC. */
const soundFrameLength = 1024;

function soundFrame({ left, right }: Sound, from: number): Frame {
  const length = Math.min(soundFrameLength, left.length - from);
  const packed = new Float32Array(length * 2);
  for (let i = 0; i < length; i++) {
    // A bed, not a song: well below what the clip may get as its own sound later.
    packed[i * 2] = (left[from + i] ?? 0) * 0.5;
    packed[i * 2 + 1] = (right[from + i] ?? 0) * 0.5;
  }
  return Frame.fromAudioBuffer(Buffer.from(packed.buffer), {
    nbSamples: length,
    format: AV_SAMPLE_FMT_FLT,
    sampleRate,
    channelLayout: AV_CHANNEL_LAYOUT_STEREO,
    timeBase: { num: 1, den: sampleRate },
    pts: BigInt(from),
  });
}
