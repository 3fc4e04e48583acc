import { join } from "node:path";
import sharp from "sharp";
import { encodeVideo } from "./encode-job.ts";
import { EditFailure } from "./failure.ts";
import { evenDown, fitRatio, parseRatio } from "./geometry.ts";
import { stillChain } from "./graphs.ts";
import type { EditParams } from "./operations.ts";
import type { ImageSource } from "./probe.ts";
import { type AnyJob, sizeOf } from "./render-job.ts";

const STILL_FPS = 30;
/** Longer side of a clip made of stills, in pixels. */
const STILL_LONGEST = 1920;

export async function stillsToVideo(
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
