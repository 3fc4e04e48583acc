import { writeFile } from "node:fs/promises";

export const sampleRate = 44_100;

/** Two channels of samples from -1 to 1. */
export type Sound = { readonly left: Float32Array; readonly right: Float32Array };

export function createSound(durationS: number): Sound {
  const length = Math.max(1, Math.round(durationS * sampleRate));
  return { left: new Float32Array(length), right: new Float32Array(length) };
}

/** Loudest sample to `peak`, both ends faded so that nothing clicks. */
export function finish(sound: Sound, peak: number, fadeInS: number, fadeOutS: number): void {
  const { left, right } = sound;
  let loudest = 1e-6;
  for (let i = 0; i < left.length; i++)
    loudest = Math.max(loudest, Math.abs(left[i] ?? 0), Math.abs(right[i] ?? 0));
  const gain = peak / loudest;
  const into = Math.max(1, fadeInS * sampleRate);
  const out = Math.max(1, fadeOutS * sampleRate);
  for (let i = 0; i < left.length; i++) {
    const envelope = gain * Math.min(1, i / into, (left.length - 1 - i) / out);
    left[i] = (left[i] ?? 0) * envelope;
    right[i] = (right[i] ?? 0) * envelope;
  }
}

/** A plain room: eight comb filters into two all-passes per channel (Schroeder), mixed in at `wet`. */
export function reverberate({ left, right }: Sound, wet: number): void {
  const combs = [1557, 1617, 1491, 1422, 1277, 1356];
  [left, right].forEach((channel, side) => {
    const dry = channel.slice();
    const sum = new Float32Array(channel.length);
    for (const length of combs) {
      const buffer = new Float32Array(length + side * 23);
      let at = 0;
      let low = 0;
      for (let i = 0; i < dry.length; i++) {
        const value = buffer[at] ?? 0;
        low += (value - low) * 0.45;
        buffer[at] = (dry[i] ?? 0) + low * 0.83;
        sum[i] = (sum[i] ?? 0) + value;
        at = at + 1 === buffer.length ? 0 : at + 1;
      }
    }
    for (const length of [225, 556]) {
      const buffer = new Float32Array(length + side * 23);
      let at = 0;
      for (let i = 0; i < sum.length; i++) {
        const delayed = buffer[at] ?? 0;
        const value = (sum[i] ?? 0) + delayed * 0.5;
        buffer[at] = value;
        sum[i] = delayed - value * 0.5;
        at = at + 1 === length + side * 23 ? 0 : at + 1;
      }
    }
    for (let i = 0; i < channel.length; i++)
      channel[i] = (dry[i] ?? 0) + ((sum[i] ?? 0) * wet) / combs.length;
  });
}

/** 16-bit stereo WAV. */
export async function writeWave(path: string, { left, right }: Sound): Promise<void> {
  const bytes = Buffer.alloc(44 + left.length * 4);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(left.length * 4, 40);
  const samples = new Int16Array(left.length * 2);
  for (let i = 0; i < left.length; i++) {
    samples[i * 2] = Math.round(Math.max(-1, Math.min(1, left[i] ?? 0)) * 32_767);
    samples[i * 2 + 1] = Math.round(Math.max(-1, Math.min(1, right[i] ?? 0)) * 32_767);
  }
  Buffer.from(samples.buffer).copy(bytes, 44);
  await writeFile(path, bytes);
}
