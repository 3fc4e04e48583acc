/** The shapes that models and platforms speak of. */
const usual = [1, 4 / 3, 3 / 2, 16 / 9, 5 / 4, 21 / 9, 4, 8].flatMap((ratio) => [ratio, 1 / ratio]);

/** How far a size may be from a usual shape: models round theirs to whole blocks of pixels. */
const CLOSE = 0.03;

/**
 * The usual shape that a ratio of width to height stands for, else the ratio itself. So the room that is kept for "16:9"
 * is to the pixel the room that a picture of 1344 × 768 takes.
 */
export function usualRatio(ratio: number): number {
  return usual.find((each) => Math.abs(ratio / each - 1) <= CLOSE) ?? ratio;
}
