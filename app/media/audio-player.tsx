import { Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { z } from "zod";
import { mediaUrl, waveformUrl } from "../stores/media-urls.ts";
import { duration } from "../words/words.ts";
import styles from "./audio-player.module.css";

export type AudioPlayerProps = {
  readonly sha256: string;
  readonly durationMs?: number | undefined;
  readonly title: string;
};

/** A sound as its waveform, with a play button; a press on the waveform goes to that place. */
export function AudioPlayer({ sha256, durationMs, title }: AudioPlayerProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const peaks = useWaveform(sha256);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState({ seconds: 0, fraction: 0 });
  const lengthSeconds = () => {
    const known = audio.current?.duration;
    return known !== undefined && Number.isFinite(known) ? known : (durationMs ?? 0) / 1000;
  };
  const toggle = () => {
    if (playing) audio.current?.pause();
    // A sound the browser cannot play says so by its error event.
    else audio.current?.play().catch(() => setPlaying(false));
  };
  const goTo = (fraction: number) => {
    if (!audio.current) return;
    audio.current.currentTime = fraction * lengthSeconds();
  };
  return (
    <section className={styles["player"]} aria-label={title}>
      <button
        type="button"
        className={styles["play"]}
        aria-label={playing ? `Pause ${title}` : `Play ${title}`}
        onClick={toggle}
      >
        {playing ? <Pause size={14} fill="currentColor" /> : <Play size={14} fill="currentColor" />}
      </button>
      <div className={styles["wave"]}>
        <svg viewBox={`0 0 ${peaks.length * 3} 32`} preserveAspectRatio="none" aria-hidden="true">
          {peaks.map((peak, index) => (
            <rect
              // A bar is known by its place in time.
              // biome-ignore lint/suspicious/noArrayIndexKey: bars never move
              key={index}
              x={index * 3}
              width={2}
              y={16 - peak * 15}
              height={peak * 30}
              rx={1}
              data-played={index / peaks.length < at.fraction ? "" : undefined}
            />
          ))}
        </svg>
        <input
          type="range"
          min={0}
          max={1000}
          value={Math.round(at.fraction * 1000)}
          aria-label={`Place in ${title}`}
          className="nodrag"
          onChange={(event) => goTo(Number(event.target.value) / 1000)}
        />
      </div>
      <span className={styles["time"]}>
        {playing || at.seconds > 0
          ? duration(at.seconds * 1000)
          : durationMs !== undefined && duration(durationMs)}
      </span>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has captions for a generated sound */}
      <audio
        ref={audio}
        src={mediaUrl(sha256)}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt({ seconds: 0, fraction: 0 })}
        onTimeUpdate={({ currentTarget: { currentTime } }) =>
          setAt({ seconds: currentTime, fraction: lengthSeconds() > 0 ? currentTime / lengthSeconds() : 0 })
        }
      />
    </section>
  );
}

const answer = z.object({ peaks: z.array(z.number()) });

/** How many bars fit a card. */
const BARS = 64;

/** Heights of a sound's bars, 0 to 1; flat until they are known, and for a sound nobody can read. */
function useWaveform(sha256: string): readonly number[] {
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
