import { setFlagsFromString } from "node:v8";

/**
 * Keeps the young part of this process's heap at the size it starts with, and the old part from growing by more than a
 * share of what lives. A batch makes much that lives for a second or two; in a young part that has grown to 128 MB most
 * of it is taken for old, and V8 would let the old part grow threefold, by hundreds of megabytes, before it looks
 * through it.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=70");
}
