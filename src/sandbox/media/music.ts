import { rm } from "node:fs/promises";
import { encodeGraph, escapeMoviePath } from "../../editing/encode.ts";
import { createRandom, type Random } from "./random.ts";
import { createSound, finish, reverberate, type Sound, sampleRate, writeWave } from "./wave.ts";

/** Scale degrees of four chords, as steps of the key's own scale. */
const progressions: readonly [readonly number[], ...(readonly number[])[]] = [
  [0, 4, 5, 3],
  [5, 3, 0, 4],
  [0, 5, 3, 4],
  [0, 2, 3, 4],
  [3, 0, 4, 5],
];
const major = [0, 2, 4, 5, 7, 9, 11];
const minor = [0, 2, 3, 5, 7, 8, 10];

type Character = {
  readonly beatsPerMinute: number;
  readonly drums: boolean;
  readonly scale: readonly number[];
  readonly rootHz: number;
};

function characterOf(prompt: string, random: Random): Character {
  const text = prompt.toLowerCase();
  const calm = /calm|ambient|soft|slow|sleep|lofi|lo-fi|chill|relax|peace|dream|gentle|piano/.test(text);
  const lively = /energetic|upbeat|fast|dance|party|house|techno|workout|pop|happy|drive|funk/.test(text);
  const dark = /dark|sad|moody|melanchol|night|minor|tense|noir/.test(text);
  return {
    beatsPerMinute: calm ? random.int(66, 80) : lively ? random.int(112, 126) : random.int(86, 102),
    drums: !calm || /lofi|lo-fi|chill|beat/.test(text),
    scale: dark ? minor : major,
    rootHz: 110 * 2 ** (random.int(-3, 5) / 12),
  };
}

/** Adds one note: a few harmonics under an envelope, placed between left (-1) and right (1). */
function note(
  sound: Sound,
  startS: number,
  lengthS: number,
  hz: number,
  options: {
    readonly level: number;
    readonly pan: number;
    readonly attackS: number;
    readonly decay: number;
    readonly harmonics: readonly number[];
    readonly wobble?: number;
  },
): void {
  const start = Math.round(startS * sampleRate);
  const end = Math.min(sound.left.length, Math.round((startS + lengthS) * sampleRate));
  const attack = options.attackS * sampleRate;
  const release = Math.min(0.09 * sampleRate, (end - start) / 2);
  const levelLeft = options.level * Math.sqrt((1 - options.pan) / 2);
  const levelRight = options.level * Math.sqrt((1 + options.pan) / 2);
  options.harmonics.forEach((strength, harmonic) => {
    const step = (2 * Math.PI * hz * (harmonic + 1)) / sampleRate;
    // A resonating rotation instead of Math.sin per sample: several times cheaper.
    let re = 1;
    let im = 0;
    const cos = Math.cos(step);
    const sin = Math.sin(step);
    const wobble = options.wobble ?? 0;
    let fall = strength;
    const decay = Math.exp(-(options.decay * (1 + harmonic * 0.6)) / sampleRate);
    for (let i = Math.max(0, start); i < end; i++) {
      const age = i - start;
      const envelope = Math.min(1, age / attack, (end - i) / release);
      const swell = wobble === 0 ? 1 : 1 + wobble * Math.sin((age / sampleRate) * 5.1 + harmonic);
      const value = im * fall * envelope * swell;
      sound.left[i] = (sound.left[i] ?? 0) + value * levelLeft;
      sound.right[i] = (sound.right[i] ?? 0) + value * levelRight;
      const next = re * cos - im * sin;
      im = re * sin + im * cos;
      re = next;
      fall *= decay;
    }
  });
}

function kick(sound: Sound, startS: number, level: number): void {
  const start = Math.round(startS * sampleRate);
  let phase = 0;
  for (let i = 0; i < 0.22 * sampleRate && start + i < sound.left.length; i++) {
    const age = i / sampleRate;
    phase += (2 * Math.PI * (46 + 90 * Math.exp(-age * 32))) / sampleRate;
    const value = Math.sin(phase) * Math.exp(-age * 15) * level;
    sound.left[start + i] = (sound.left[start + i] ?? 0) + value;
    sound.right[start + i] = (sound.right[start + i] ?? 0) + value;
  }
}

function hat(sound: Sound, startS: number, level: number, random: Random): void {
  const start = Math.round(startS * sampleRate);
  let last = 0;
  for (let i = 0; i < 0.06 * sampleRate && start + i < sound.left.length; i++) {
    const white = random.between(-1, 1);
    const value = (white - last) * Math.exp((-i / sampleRate) * 70) * level;
    last = white;
    sound.left[start + i] = (sound.left[start + i] ?? 0) + value * 0.8;
    sound.right[start + i] = (sound.right[start + i] ?? 0) + value;
  }
}

/** Pads, a plucked pattern and a bass over four chords in a key; with drums and a wordless voice where asked. */
export function composeMusic(request: {
  readonly prompt: string;
  readonly seed: string;
  readonly durationS: number;
  readonly voice: boolean;
  readonly sparse?: boolean;
}): Sound {
  const random = createRandom(`${request.seed}\u0000music\u0000${request.prompt}`);
  const { beatsPerMinute, drums, scale, rootHz } = characterOf(request.prompt, random);
  const sound = createSound(request.durationS);
  const beat = 60 / beatsPerMinute;
  const bar = beat * 4;
  const chords = random.pick(progressions);
  const hz = (degree: number, octave: number): number => {
    const semitones = (scale[((degree % 7) + 7) % 7] ?? 0) + 12 * Math.floor(degree / 7);
    return rootHz * 2 ** (octave + semitones / 12);
  };
  const pattern = Array.from({ length: 8 }, () => random.pick([0, 2, 4, 7, 9, 4]));
  const rests = Array.from({ length: 8 }, () => random.chance(request.sparse ? 0.6 : 0.22));
  const beats = random.fork("drums");
  let sung = random.int(4, 8);
  for (let bars = 0; bars * bar < request.durationS; bars++) {
    const chord = chords[bars % chords.length] ?? 0;
    const at = bars * bar;
    [0, 2, 4].forEach((third, i) => {
      note(sound, at, bar * 1.05, hz(chord + third, 1), {
        level: 0.11,
        pan: (i - 1) * 0.55,
        attackS: bar * 0.22,
        decay: 0.12,
        harmonics: [1, 0.42, 0.2, 0.08],
        wobble: 0.12,
      });
    });
    note(sound, at, bar * 0.96, hz(chord, -1), {
      level: 0.3,
      pan: 0,
      attackS: 0.02,
      decay: 0.9,
      harmonics: [1, 0.35, 0.1],
    });
    for (let eighth = 0; eighth < 8; eighth++) {
      if (rests[eighth]) continue;
      const start = at + (eighth * beat) / 2;
      note(sound, start, beat * 1.6, hz(chord + (pattern[eighth] ?? 0), 2), {
        level: 0.15,
        pan: eighth % 2 === 0 ? -0.4 : 0.4,
        attackS: 0.004,
        decay: 4.5,
        harmonics: [1, 0.3, 0.22, 0.05],
      });
    }
    if (drums && !request.sparse) {
      for (let step = 0; step < 4; step++) {
        if (step % 2 === 0 || beatsPerMinute > 108) kick(sound, at + step * beat, 0.42);
        hat(sound, at + (step + 0.5) * beat, 0.07, beats);
        if (step % 2 === 1) hat(sound, at + step * beat, 0.12, beats);
      }
    }
    if (request.voice && bars % 4 !== 3) {
      for (let step = 0; step < 4; step += 2) {
        sung += random.int(-2, 2);
        sung = Math.max(2, Math.min(11, sung));
        note(sound, at + step * beat, beat * 1.85, hz(sung, 1), {
          level: 0.16,
          pan: 0.08,
          attackS: 0.14,
          decay: 0.5,
          harmonics: [1, 0.6, 0.5, 0.12, 0.05],
          wobble: 0.22,
        });
      }
    }
  }
  reverberate(sound, 0.34);
  finish(sound, 0.82, 0.05, Math.min(2.5, request.durationS * 0.2));
  return sound;
}

/** Writes an MP3. */
export async function makeMusic(request: {
  readonly prompt: string;
  readonly seed: string;
  readonly durationS: number;
  readonly voice: boolean;
  readonly path: string;
}): Promise<void> {
  await encodeSound(composeMusic(request), request.path);
}

/** Encodes by the extension of `path`, through a WAV beside it. */
export async function encodeSound(sound: Sound, path: string): Promise<void> {
  const wave = `${path}.wav`;
  try {
    await writeWave(wave, sound);
    await encodeGraph({
      graph: `amovie=${escapeMoviePath(wave)}[out0]`,
      outputPath: path,
      audio: { bitrate: "128k" },
    });
  } finally {
    await rm(wave, { force: true });
  }
}
