/** The pieces of FFmpeg filtergraphs that renders are made of: strings in, strings out. Times in seconds. */
import { escapeMoviePath } from "./encode.ts";
import type { Size } from "./geometry.ts";
import type { AudioSource, VideoSource } from "./probe.ts";

/** `file:` keeps a name like `concat:a` from being read as another protocol. */
const movie = (path: string, format: string) => `filename=${escapeMoviePath(`file:${path}`)}:f=${format}`;

type Part = { readonly startS?: number; readonly endS?: number };

/** Far enough into a file, seeking is quicker than decoding up to the start; keyframes lie before the point asked for. */
function seek(startS: number): string {
  return startS > 3 ? `:sp=${seconds(startS - 1)}` : "";
}

/** Plain decimals: FFmpeg reads no exponents of the kind `1e-7`. */
export const seconds = (value: number): string => value.toFixed(6);

/**
 * A video as every operation wants it: the part asked for beginning at 0, upright, square pixels, a constant
 * frame rate, yuv420p. Its sides are even only if `even` is left on; crops and scales may do that themselves.
 */
export function videoChain(
  source: VideoSource,
  options: Part & { readonly fps?: VideoSource["fps"]; readonly even?: boolean } = {},
): string {
  const { startS = 0, endS, fps = source.fps, even = true } = options;
  const from = source.startS + startS;
  const turn = ["", "transpose=clock", "hflip,vflip", "transpose=cclock"][source.turns];
  return [
    `movie=${movie(source.path, source.format)}:s=dv${seek(startS)}`,
    `trim=start=${seconds(from)}`,
    `setpts=PTS-${seconds(from)}/TB`,
    source.squarePixels ? "" : "scale=trunc(iw*sar/2+0.5)*2:ih,setsar=1",
    turn,
    `fps=${fps.num}/${fps.den}:start_time=0`,
    lasting(Math.min(endS ?? Infinity, source.durationS) - startS, fps),
    even ? "crop=max(2\\,trunc(iw/2)*2):max(2\\,trunc(ih/2)*2):0:0" : "",
    "format=yuv420p",
  ]
    .filter(Boolean)
    .join(",");
}

/**
 * Makes a video of constant rate last exactly so long. Filters lose a frame or two at the end, where nothing says
 * how long the last one shows; it is held instead, for at most a second.
 */
export function lasting(durationS: number, { num, den }: VideoSource["fps"]): string {
  const frames = Math.max(1, Math.round((durationS * num) / den));
  return `tpad=stop=${Math.ceil(num / den)}:stop_mode=clone,trim=end_frame=${frames}`;
}

const AUDIO_RATE = 48_000;
const audioFormat = `aformat=sample_fmts=fltp:sample_rates=${AUDIO_RATE}:channel_layouts=stereo`;

/** Sound of a video or audio file as every operation wants it, beginning at 0, gaps filled with silence. */
export function audioChain(source: VideoSource | AudioSource, options: Part = {}): string {
  const { startS = 0, endS } = options;
  const from = source.startS + startS;
  const until = endS === undefined ? "" : `:end=${seconds(source.startS + endS)}`;
  return [
    `amovie=${movie(source.path, source.format)}:s=da${seek(startS)}`,
    `atrim=start=${seconds(from)}${until}`,
    `asetpts=PTS-${seconds(from)}/TB`,
    `aresample=${AUDIO_RATE}:async=1:first_pts=0`,
    audioFormat,
  ].join(",");
}

export const silence = (durationS: number): string =>
  `anullsrc=r=${AUDIO_RATE}:cl=stereo:d=${seconds(durationS)},${audioFormat}`;

/** Cuts or fills sound to exactly this length. */
export const exactly = (durationS: number): string =>
  `apad=whole_dur=${seconds(durationS)},atrim=end=${seconds(durationS)}`;

/** Whole inside the frame, bars around it. */
export const contain = ({ width, height }: Size): string =>
  `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,setsar=1`;

/** Fills the frame, what is too much is cut off. */
export const cover = ({ width, height }: Size): string =>
  `scale=${width}:${height}:force_original_aspect_ratio=increase:force_divisible_by=2,crop=${width}:${height},setsar=1`;

/** One still PNG, upright and of its final size. */
export const stillChain = (path: string): string => `movie=${movie(path, "png_pipe")}`;

/** Tracks added at their own volumes; the limiter catches what sums up over full scale. */
export const mix = (inputs: number, duration: "first" | "longest"): string =>
  `amix=inputs=${inputs}:duration=${duration}:normalize=0,alimiter=limit=0.97:level=0`;
