import type { Random } from "../../src/sandbox/media/random.ts";

/** Values that code is seldom ready for. */
const odd: readonly [() => unknown, ...(() => unknown)[]] = [
  () => null,
  () => -1,
  () => 1e308,
  () => 0.1,
  () => true,
  () => "",
  () => "x".repeat(100_000),
  () => "../../../../etc/passwd",
  () => "/etc/passwd",
  () => "\u0000\u202e\u001b[2J",
  () => [],
  () => ({}),
  () => Array.from({ length: 10_000 }, () => 0),
  () => nested(90),
  () => nested(5_000),
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
];

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

/** A text of JSON like this one, with a few things wrong in it: in its values, or in its letters. */
export function mutated(value: unknown, random: Random): string {
  if (random.chance(0.15)) return withWrongLetters(JSON.stringify(value), random);
  const copy = structuredClone(value);
  const changes = random.int(1, 3);
  for (let change = 0; change < changes; change++) changeOne(copy, random);
  return stringified(copy);
}

function changeOne(root: unknown, random: Random): void {
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const walk = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    const holder = value as Record<string, unknown>; // lists, too, by their numbers
    for (const key of Object.keys(holder)) {
      places.push([holder, key]);
      if (places.length < 2_000) walk(holder[key]);
    }
  };
  walk(root);
  const [first, ...more] = places;
  if (!first) return;
  const [holder, key] = random.pick([first, ...more]);
  if (random.chance(0.2)) delete holder[key];
  else if (random.chance(0.1)) holder[`${key}2`] = holder[key];
  else holder[key] = random.pick(odd)();
}

function withWrongLetters(text: string, random: Random): string {
  const letters = [...text];
  const wrong = random.int(1, 8);
  for (let change = 0; change < wrong; change++)
    letters[random.int(0, letters.length - 1)] = String.fromCharCode(random.int(1, 0x2ff));
  return letters.join("");
}

/** By hand where it nests deeper than `JSON.stringify` can go. */
function stringified(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return `${"[".repeat(5_000)}0${"]".repeat(5_000)}`;
  }
}
