/**
 * The render process. It works on one task after another, says how far it is, and ends with its host. Everything
 * native is loaded here and never in the studio's process.
 */
import { toErrorData } from "./failure.ts";
import { type EditorTask, type FromWorker, ToWorker } from "./messages.ts";
import { readWaveform, writePoster } from "./previews.ts";
import { probeSource } from "./probe.ts";
import { render } from "./render.ts";
import { checkWhole } from "./whole.ts";

/** What Electron's `utilityProcess` gives its child; plain forks have `process.send` instead. */
type ParentPort = {
  postMessage(message: FromWorker): void;
  on(event: "message", listener: (event: { data: unknown }) => void): void;
};

type Host = { send(message: FromWorker): void; onMessage(listener: (message: unknown) => void): void };

function connectHost(): Host {
  // Electron adds `parentPort` to `process`; its types are not part of this project's Node side.
  const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
  if (parentPort)
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on("message", ({ data }) => listener(data)),
    };
  process.on("disconnect", () => process.exit(0));
  return {
    // A host that is gone cannot be told anything; "disconnect" ends this process.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => void process.on("message", listener),
  };
}

// What it writes lies in the data folder, which is its user's alone.
process.umask(0o077);

const MEMORY_EVERY_MS = 200;

const host = connectHost();

async function work({ id, task }: ToWorker): Promise<void> {
  const reportMemory = () => host.send({ type: "memory", rssBytes: process.memoryUsage.rss() });
  const memory = setInterval(reportMemory, MEMORY_EVERY_MS);
  try {
    const result = await carryOut(task, (progress) => host.send({ type: "progress", id, ...progress }));
    host.send({ type: "done", id, result });
  } catch (error) {
    host.send({ type: "failed", id, error: toErrorData(error) });
  } finally {
    clearInterval(memory);
  }
}

async function carryOut(
  task: EditorTask,
  onProgress: (progress: { readonly fraction: number; readonly frames?: number | undefined }) => void,
): Promise<unknown> {
  switch (task.type) {
    case "render":
      return render(task, onProgress);
    case "probe": {
      const source = await probeSource(task.path);
      if (task.whole) await checkWhole(source);
      return source.facts;
    }
    case "poster":
      await writePoster(task.path, task.outputPath, task.maxSize);
      return null;
    case "waveform":
      return readWaveform(task.path, task.buckets);
  }
}

let last = Promise.resolve();
host.onMessage((message) => {
  const parsed = ToWorker.parse(message);
  last = last.then(() => work(parsed));
});
