/** Doubles with each turn from `firstMs` to at most `mostMs`. In milliseconds; turn 0 waits `firstMs`. */
export function doubledMs(turn: number, firstMs: number, mostMs: number): number {
  return Math.min(mostMs, firstMs * 2 ** turn);
}
