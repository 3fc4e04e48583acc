/** Ctrl-C and polite requests to end. Who listens once lets a second one end the process at once. */
export const endSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of endSignals) process.once(signal, () => resolve());
  });
}
