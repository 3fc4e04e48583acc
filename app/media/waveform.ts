import { useEffect, useState } from "react";
import { z } from "zod";
import { waveformUrl } from "../stores/media-urls.ts";

const answer = z.object({ peaks: z.array(z.number()) });

/** How many bars fit a card. */
const BARS = 64;

/** Heights of a sound's bars, 0 to 1; flat until they are known, and for a sound nobody can read. */
export function useWaveform(sha256: string): readonly number[] {
  const [peaks, setPeaks] = useState<readonly number[]>(flat);
  useEffect(() => {
    const stop = new AbortController();
    fetch(waveformUrl(sha256), { signal: stop.signal })
      .then((response) => response.json())
      .then((body: unknown) => setPeaks(bars(answer.parse(body).peaks, BARS)))
      // The sound can be heard without its picture.
      .catch(() => undefined);
    return () => stop.abort();
  }, [sha256]);
  return peaks;
}

const flat: readonly number[] = new Array(BARS).fill(0.06);

/** The loudest of each stretch, so that short beats are not lost. */
function bars(peaks: readonly number[], count: number): readonly number[] {
  if (peaks.length === 0) return flat;
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / count));
    return Math.min(1, Math.max(0.04, ...peaks.slice(from, to)));
  });
}
