import { encodeSound } from "./music.ts";
import { createRandom } from "./random.ts";
import { createSound, finish, reverberate, type Sound, sampleRate } from "./wave.ts";

/** The two strongest formants of each vowel, in hertz. */
const formants: Readonly<Record<string, readonly [number, number]>> = {
  a: [730, 1190],
  e: [530, 1840],
  i: [320, 2290],
  o: [500, 900],
  u: [340, 870],
  y: [330, 1900],
};

type Syllable = {
  readonly vowel: readonly [number, number];
  readonly hiss: boolean;
  readonly lengthS: number;
  readonly pauseS: number;
};

/** Reads vowels as syllables and punctuation as pauses; scripts without Latin vowels get one syllable per two letters. */
function syllablesOf(text: string): Syllable[] {
  const syllables: Syllable[] = [];
  for (const [token] of text.toLowerCase().matchAll(/[\p{L}\p{N}']+|[.,;:!?…—]/gu)) {
    const last = syllables.at(-1);
    if (/^[.,;:!?…—]$/u.test(token)) {
      if (last) syllables[syllables.length - 1] = { ...last, pauseS: /[.!?…]/u.test(token) ? 0.36 : 0.18 };
      continue;
    }
    const found = [...token.normalize("NFD").matchAll(/[^aeiouy]*[aeiouy]+/g)].map(([part]) => part);
    const parts = found.length > 0 ? found : Array.from({ length: Math.ceil(token.length / 2) }, () => "a");
    parts.forEach((part, i) => {
      const vowel = formants[part.match(/[aeiouy]/)?.[0] ?? "a"] ?? [600, 1200];
      syllables.push({
        vowel,
        hiss: /[szfvhxc]|sh|th/.test(part),
        lengthS: 0.12 + Math.min(0.08, part.length * 0.016),
        pauseS: i === parts.length - 1 ? 0.055 : 0.004,
      });
    });
  }
  return syllables.length > 0 ? syllables : [{ vowel: [600, 1200], hiss: false, lengthS: 0.4, pauseS: 0 }];
}

/** A two-pole filter that rings at one frequency. */
function createResonator(): (value: number, hz: number, widthHz: number) => number {
  let y1 = 0;
  let y2 = 0;
  return (value, hz, widthHz) => {
    const r = Math.exp((-Math.PI * widthHz) / sampleRate);
    const y = value * (1 - r) + 2 * r * Math.cos((2 * Math.PI * hz) / sampleRate) * y1 - r * r * y2;
    y2 = y1;
    y1 = y;
    return y;
  };
}

/** A hummed voice that follows the words' rhythm and vowels; nobody will take it for a person. */
function speak(text: string, voice: string): Sound {
  const random = createRandom(`voice ${voice}`);
  const pitch = random.between(105, 215);
  const throat = 0.86 + ((pitch - 105) / 110) * 0.26;
  const syllables = syllablesOf(text).slice(0, 3000);
  const total = syllables.reduce((sum, each) => sum + each.lengthS + each.pauseS, 0.5);
  const sound = createSound(total);
  const low = createResonator();
  const high = createResonator();
  const breath = createResonator();
  let [f1, f2] = syllables[0]?.vowel ?? [600, 1200];
  let phase = 0;
  let at = 0.15;
  let sentence = 0;
  for (const syllable of syllables) {
    const start = Math.round(at * sampleRate);
    const length = Math.round(syllable.lengthS * sampleRate);
    const accent = random.between(0.94, 1.1);
    for (let i = 0; i < length && start + i < sound.left.length; i++) {
      const part = i / length;
      f1 += (syllable.vowel[0] * throat - f1) * 0.0012;
      f2 += (syllable.vowel[1] * throat - f2) * 0.0012;
      const hz =
        pitch * accent * (1.1 - Math.min(0.28, sentence * 0.016)) * (1 + 0.04 * Math.sin(part * Math.PI));
      phase = (phase + hz / sampleRate) % 1;
      const noise = random.between(-1, 1);
      const pulse = (phase < 0.6 ? Math.sin((phase / 0.6) * Math.PI) ** 2 : 0) - 0.3 + noise * 0.02;
      const envelope = Math.sin(Math.min(1, part * 3.4) * (Math.PI / 2)) * Math.min(1, (1 - part) * 4);
      const hiss = syllable.hiss && part < 0.3 ? breath(noise, 5200, 1800) * (0.3 - part) * 2.4 : 0;
      const value = (low(pulse, f1, 90) * 1.2 + high(pulse, f2, 130) * 0.8) * envelope + hiss;
      sound.left[start + i] = (sound.left[start + i] ?? 0) + value;
      sound.right[start + i] = (sound.right[start + i] ?? 0) + value;
    }
    at += syllable.lengthS + syllable.pauseS;
    sentence = syllable.pauseS > 0.3 ? 0 : sentence + 1;
  }
  reverberate(sound, 0.1);
  finish(sound, 0.8, 0.02, 0.1);
  return sound;
}

/** Writes an MP3 about as long as the text takes to say. */
export async function makeSpeech(request: {
  readonly text: string;
  readonly voice: string;
  readonly path: string;
}): Promise<void> {
  await encodeSound(speak(request.text, request.voice), request.path);
}
