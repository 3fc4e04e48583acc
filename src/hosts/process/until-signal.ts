/** Ctrl-C and polite requests to end. */
export const endSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of endSignals) process.once(signal, () => resolve());
  });
}
