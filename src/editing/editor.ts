/**
 * Local editing as the studio uses it: renders, probes, posters and waveforms, each carried out in another
 * process. A codec that crashes, hangs or swallows memory ends as an `EditFailure`, never as trouble here.
 */

import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { basename, dirname, extname, join } from "node:path";
import { z } from "zod";
import type { MediaKind } from "../base/media-kind.ts";
import { createSemaphore, type Semaphore } from "../base/semaphore.ts";
import { EditFailure, toEditFailure, toErrorData } from "./failure.ts";
import { type EditorTask, FromWorker, MediaFacts, RenderedFile, type ToWorker } from "./messages.ts";
import type { EditOperation } from "./operations.ts";
import type { EditorExit, EditorProcess } from "./process.ts";

export type RenderRequest = {
  readonly operation: EditOperation;
  /** As the person or API gave them; parsed by the operation's schema before rendering. */
  readonly params: Readonly<Record<string, unknown>>;
  /** `path` is absolute. What the bytes are decides, not `kind` or the file's name. */
  readonly inputs: readonly { readonly slot: string; readonly path: string; readonly kind: MediaKind }[];
  readonly text?: string;
  /** An image given to `trim` becomes a still clip of the asked length, as the API's own first example expects. */
  readonly allowStill?: boolean;
  /** Made if missing. Temporary files live in a hidden folder in it while the render runs. */
  readonly outputDir: string;
  /** Without extension; the operation and the input's format decide that. A file of that name is replaced. */
  readonly outputName: string;
};

type RenderOptions = {
  /** Aborting kills the render. */
  readonly signal?: AbortSignal;
  /** `fraction` runs from 0 to 1 and never backwards. At most ten times a second. */
  readonly onProgress?: (progress: { readonly fraction: number; readonly frames?: number }) => void;
};

export type Editor = {
  /** @throws EditFailure. Nothing is left in `outputDir` then. */
  render(request: RenderRequest, options?: RenderOptions): Promise<RenderedFile[]>;
  /**
   * @param options.whole also looks whether it goes to its end, for which pictures are decoded.
   * @throws EditFailure `unreadable-input` for what is no media, `incomplete` for what is cut.
   */
  probe(
    path: string,
    options?: { readonly signal?: AbortSignal; readonly whole?: boolean },
  ): Promise<MediaFacts>;
  /**
   * Writes a small picture of an image or video; `.jpg`, `.png` or `.webp` by the extension of `outputPath`.
   *
   * @param maxSize longest side in pixels, default 768; never enlarges.
   */
  poster(
    path: string,
    outputPath: string,
    options?: { readonly maxSize?: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** Loudest sample of each of `buckets` equal parts, 0 to 1. @throws EditFailure `no-audio` */
  waveform(path: string, buckets: number, options?: { readonly signal?: AbortSignal }): Promise<number[]>;
  /** Ends everything that runs or waits as `closed`, and resolves when the processes are gone. */
  close(): Promise<void>;
};

export type EditorLimits = {
  /** Longest a render may take, in milliseconds. Default one hour. */
  readonly renderMs: number;
  /** Longest a probe, poster or waveform may take, in milliseconds. Default one minute. */
  readonly previewMs: number;
  /** Most resident memory of one process, in bytes. Default half of the machine's, between 1 and 4 GiB. */
  readonly memoryBytes: number;
};

const GIB = 1024 ** 3;
const STDERR_LIMIT = 4000;

export function createEditor(options: {
  readonly spawn: () => EditorProcess;
  /** Renders at once; more wait. FFmpeg uses several cores by itself. Default half the cores, 1 to 4. */
  readonly maxParallel?: number;
  readonly limits?: Partial<EditorLimits>;
}): Editor {
  const limits: EditorLimits = {
    renderMs: 60 * 60_000,
    previewMs: 60_000,
    memoryBytes: Math.min(4 * GIB, Math.max(GIB, totalmem() / 2)),
    ...options.limits,
  };
  const closing = new AbortController();
  const closed = new EditFailure("closed", "The editor was closed.");
  const renderGate = createSemaphore(
    options.maxParallel ?? Math.min(4, Math.max(1, availableParallelism() >> 1)),
  );
  const previewGate = createSemaphore(1);
  const running = new Set<Promise<unknown>>();
  let previewer: LiveProcess | undefined;

  const track = <Result>(work: Promise<Result>): Promise<Result> => {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    running.add(settled);
    void settled.then(() => running.delete(settled));
    return work;
  };

  const stopSignal = (signal: AbortSignal | undefined): AbortSignal =>
    signal ? AbortSignal.any([closing.signal, signal]) : closing.signal;

  const start = (): LiveProcess => {
    try {
      return watch(options.spawn());
    } catch (error) {
      throw new EditFailure("crashed", "The render process could not be started.", { cause: error });
    }
  };

  async function renderFiles(
    request: RenderRequest,
    { signal, onProgress }: RenderOptions,
  ): Promise<RenderedFile[]> {
    const stop = stopSignal(signal);
    using _turn = await turnOf(renderGate, stop);
    await mkdir(request.outputDir, { recursive: true });
    const workDir = await mkdtemp(join(request.outputDir, ".rendering-"));
    let live: LiveProcess | undefined;
    try {
      const { outputDir, outputName, ...task } = request;
      live = start();
      const rendered = await live.perform(
        { ...task, params: { ...task.params }, inputs: [...task.inputs], type: "render", workDir },
        { stop, limitMs: limits.renderMs, memoryBytes: limits.memoryBytes, onProgress },
      );
      const files: RenderedFile[] = [];
      for (const [index, file] of z.array(RenderedFile).parse(rendered).entries()) {
        const number = index === 0 ? "" : `-${index + 1}`;
        const path = join(outputDir, `${basename(outputName)}${number}${extname(file.path)}`);
        await rename(file.path, path);
        files.push({ ...file, path });
      }
      return files;
    } catch (error) {
      // What the file system says while files are moved is told like any other failure.
      throw error instanceof EditFailure ? error : toEditFailure(toErrorData(error), "");
    } finally {
      await live?.end();
      await rm(workDir, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** Previews are quick and many, so one process is kept for them and goes when it stood idle for a while. */
  async function preview(task: EditorTask, signal: AbortSignal | undefined): Promise<unknown> {
    const stop = stopSignal(signal);
    using _turn = await turnOf(previewGate, stop);
    if (!previewer?.alive) previewer = start();
    const live = previewer;
    try {
      return await live.perform(task, { stop, limitMs: limits.previewMs, memoryBytes: limits.memoryBytes });
    } finally {
      live.endWhenIdle();
    }
  }

  return {
    render: (request, renderOptions = {}) => track(renderFiles(request, renderOptions)),
    probe: (path, { signal, whole = false } = {}) =>
      track(preview({ type: "probe", path, whole }, signal).then((facts) => MediaFacts.parse(facts))),
    async poster(path, outputPath, { maxSize = 768, signal } = {}) {
      const partPath = join(dirname(outputPath), `.${randomUUID()}.part${extname(outputPath)}`);
      try {
        await track(preview({ type: "poster", path, outputPath: partPath, maxSize }, signal));
        await rename(partPath, outputPath);
      } finally {
        await rm(partPath, { force: true });
      }
    },
    waveform: (path, buckets, { signal } = {}) =>
      track(
        preview({ type: "waveform", path, buckets }, signal).then((peaks) =>
          z.array(z.number()).parse(peaks),
        ),
      ),
    async close() {
      closing.abort(closed);
      await Promise.all(running);
      await previewer?.end();
    },
  };
}

/** As a semaphore says it, which knows only that it was to stop. */
async function turnOf(gate: Semaphore, stop: AbortSignal): Promise<Disposable> {
  try {
    return await gate.enter(stop);
  } catch {
    throw stopFailure(stop);
  }
}

function stopFailure({ reason }: AbortSignal): EditFailure {
  if (reason instanceof EditFailure && reason.code === "closed") return reason;
  return new EditFailure("cancelled", "The edit was cancelled.", { cause: reason });
}

type PerformOptions = {
  readonly stop: AbortSignal;
  readonly limitMs: number;
  readonly memoryBytes: number;
  readonly onProgress?: RenderOptions["onProgress"];
};

type LiveProcess = {
  readonly alive: boolean;
  /** One task at a time. Any end but a good one or a failure told by the process itself kills the process. */
  perform(task: EditorTask, options: PerformOptions): Promise<unknown>;
  /** Kills it and waits until it is gone. */
  end(): Promise<void>;
  endWhenIdle(): void;
};

const IDLE_MS = 30_000;

function watch(process: EditorProcess): LiveProcess {
  let nextId = 1;
  /** False as soon as it was told to end: it takes no task any more. */
  let alive = true;
  let stderr = "";
  let idle: NodeJS.Timeout | undefined;
  let onMessage: ((message: FromWorker) => void) | undefined;
  const exited = Promise.withResolvers<EditorExit>();

  process.onStderr((text) => {
    stderr = (stderr + text).slice(-STDERR_LIMIT);
  });
  process.onMessage((message) => {
    const parsed = FromWorker.safeParse(message);
    if (parsed.success) onMessage?.(parsed.data);
    else {
      stderr = `${stderr}\nThe process sent a message that is not part of the protocol.`.slice(-STDERR_LIMIT);
      kill();
    }
  });
  process.onExit((exit) => {
    alive = false;
    clearTimeout(idle);
    exited.resolve(exit);
  });

  function kill(): void {
    alive = false;
    process.kill();
  }

  async function end(): Promise<void> {
    kill();
    await exited.promise;
  }

  async function perform(task: EditorTask, options: PerformOptions): Promise<unknown> {
    const { stop, limitMs, memoryBytes, onProgress } = options;
    clearTimeout(idle);
    if (stop.aborted) throw stopFailure(stop);
    const id = nextId++;
    const outcome = Promise.withResolvers<unknown>();
    let fraction = 0;
    /** Said first, it is the reason of the exit that follows. */
    let killedFor: EditFailure | undefined;
    const killFor = (failure: EditFailure) => {
      killedFor ??= failure;
      kill();
    };
    const onStop = () => killFor(stopFailure(stop));
    stop.addEventListener("abort", onStop, { once: true });
    const deadline = setTimeout(
      () =>
        killFor(
          new EditFailure(
            "timed-out",
            `The edit took longer than ${Math.round(limitMs / 1000)} s and was stopped.`,
          ),
        ),
      limitMs,
    );
    onMessage = (message) => {
      if (message.type === "memory") {
        if (message.rssBytes > memoryBytes)
          killFor(
            new EditFailure(
              "out-of-memory",
              `The edit needed more than ${(memoryBytes / GIB).toFixed(1)} GiB of memory and was stopped. A shorter or smaller input needs less.`,
            ),
          );
      } else if (message.id !== id || killedFor) {
        // Told before the kill reached the process; the kill's reason stands.
      } else if (message.type === "progress") {
        fraction = Math.max(fraction, Math.min(1, message.fraction));
        onProgress?.(message.frames === undefined ? { fraction } : { fraction, frames: message.frames });
      } else if (message.type === "done") outcome.resolve(message.result);
      else outcome.reject(toEditFailure(message.error, stderr));
    };
    const post = (message: ToWorker) => {
      try {
        process.postMessage(message);
      } catch (error) {
        outcome.reject(new EditFailure("crashed", "The render process cannot be reached.", { cause: error }));
      }
    };
    void exited.promise.then((exit) => outcome.reject(killedFor ?? crashFailure(exit, stderr)));
    try {
      post({ id, task });
      return await outcome.promise;
    } finally {
      clearTimeout(deadline);
      stop.removeEventListener("abort", onStop);
      onMessage = undefined;
    }
  }

  return {
    get alive() {
      return alive;
    },
    perform,
    end,
    endWhenIdle() {
      clearTimeout(idle);
      if (alive) idle = setTimeout(kill, IDLE_MS).unref();
    },
  };
}

function crashFailure({ code, signal, error }: EditorExit, stderr: string): EditFailure {
  if (error)
    return new EditFailure("crashed", "The render process could not be started.", {
      cause: error,
      stderrTail: stderr,
    });
  const how = signal ? `by signal ${signal}` : `with exit code ${code}`;
  return new EditFailure(
    "crashed",
    `The render process ended unexpectedly (${how}). The input may be damaged.`,
    {
      stderrTail: stderr,
    },
  );
}
