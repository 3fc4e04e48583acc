/** Starts the worker as Electron's `utilityProcess` does: with `process.parentPort` in place of `process.send`. */
const send = process.send?.bind(process);
Object.assign(process, {
  send: undefined,
  parentPort: {
    postMessage: (message: object) => void send?.(message),
    on: (_event: "message", listener: (event: { data: unknown }) => void) =>
      void process.on("message", (data) => listener({ data })),
  },
});
await import("../../../src/editing/worker.ts");
