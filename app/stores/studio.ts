import { createORPCClient, isDefinedError } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { doubledMs } from "../../src/base/back-off.ts";
import { messageOf } from "../../src/base/errors.ts";
import type { Problem } from "../../src/graph/document/problems.ts";
import { type contract, PROOF_PATH, type Refusal, WINDOW_PATH_KEY } from "../../src/studio/contract.ts";
import { say } from "../words/words.ts";
import { refuseLargeMessages, TooLargeToSend } from "./message-limit.ts";

/** The only door to the contract: a MessagePort in the desktop app, a WebSocket in a browser. */
export type StudioClient = ContractRouterClient<typeof contract>;

type Link = Pick<SocketLink<Record<never, never>>, "call">;

/** A line to the studio that is up. `ended` settles when it goes down; it never rejects. */
type Line = { readonly link: Link; readonly ended: Promise<void> };

export type Studio = {
  readonly client: StudioClient;
  /** Opens the line and keeps it open for the life of the window. */
  connect(): void;
  readonly isUp: () => boolean;
  /** Called at once with the present state, then on each change. */
  onUp(listener: (up: boolean) => void): () => void;
  /**
   * Follows a stream until the returned function is called. When the line breaks, the stream is asked for again as
   * soon as there is a new one, so its first message must say everything (a snapshot).
   */
  follow<T>(
    open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
    onMessage: (message: T) => void,
    onRefused?: (failure: CallFailure) => void,
  ): () => void;
};

/** Why a call did not do its work, as the window shows it. */
export type CallFailure =
  | ({ readonly kind: "refused" } & Refusal)
  | { readonly kind: "invalid-graph"; readonly problems: readonly Problem[] }
  | { readonly kind: "offline"; readonly message: string; readonly remedy: string }
  | { readonly kind: "bug"; readonly message: string; readonly remedy: string; readonly cause: unknown };

/** The line to the studio broke while a call was under way, or none came back in time. */
export class LineFailure extends Error {
  readonly code = "LINE_DOWN";
  constructor(options?: ErrorOptions) {
    super("The window lost its line to the studio.", options);
  }
}

export type Called<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CallFailure };

/** A failed call in the words of a dialog. */
export function wordsOf(failure: CallFailure): {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
} {
  switch (failure.kind) {
    case "refused":
      return { code: failure.code, message: say(failure.message), remedy: say(failure.remedy) };
    case "invalid-graph": {
      const [first] = failure.problems;
      return {
        code: "INVALID_GRAPH",
        message: say(first?.message ?? "The graph has problems."),
        remedy: say(first?.remedy ?? "Look at the marked nodes."),
      };
    }
    case "offline":
      return { code: "OFFLINE", message: failure.message, remedy: failure.remedy };
    case "bug":
      return { code: "BUG", message: failure.message, remedy: failure.remedy };
    default:
      return failure satisfies never;
  }
}

/** Makes a thrown call a value, so that every caller says what it does about a failure. */
export async function called<T>(promise: Promise<T>): Promise<Called<T>> {
  try {
    return { ok: true, value: await promise };
  } catch (error) {
    return { ok: false, failure: describeFailure(error) };
  }
}

function describeFailure(error: unknown): CallFailure {
  if (error instanceof LineFailure)
    return {
      kind: "offline",
      message: error.message,
      remedy: "Your edits are safe in this window. It connects again by itself; then try once more.",
    };
  if (error instanceof TooLargeToSend) return { kind: "refused", ...error.refusal };
  // The contract's own errors, known by code: their data was parsed on the studio's side.
  if (error instanceof Error && isDefinedError(error)) {
    const defined = error as Error & { readonly code: string; readonly data: unknown };
    if (defined.code === "REFUSED") return { kind: "refused", ...(defined.data as Refusal) };
    if (defined.code === "INVALID_GRAPH")
      return { kind: "invalid-graph", ...(defined.data as { readonly problems: readonly Problem[] }) };
  }
  return {
    kind: "bug",
    message: messageOf(error, "The studio answered something unexpected."),
    remedy: "Try once more. If it happens again, export the graph and restart Catwalk.",
    cause: error,
  };
}

/** First wait before trying again, doubled up to `LONGEST_WAIT_MS`. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
const waitMs = (turn: number) => doubledMs(turn, FIRST_WAIT_MS, LONGEST_WAIT_MS);

export function createStudio(openLine: () => Promise<Line>): Studio {
  let line: Line | undefined;
  let next = Promise.withResolvers<Line>();
  let started = false;
  const listeners = new Set<(up: boolean) => void>();
  const tell = (up: boolean) => {
    for (const listener of listeners) listener(up);
  };

  const keepOpen = async () => {
    let turn = 0;
    for (;;) {
      try {
        line = await openLine();
      } catch {
        // Not reachable yet: the state already says so, and the loop tries again.
        await new Promise((resolve) => setTimeout(resolve, waitMs(turn++)));
        continue;
      }
      turn = 0;
      next.resolve(line);
      tell(true);
      await line.ended;
      line = undefined;
      next = Promise.withResolvers<Line>();
      tell(false);
    }
  };

  const client: StudioClient = createORPCClient({
    async call(path: readonly string[], input: unknown, options: Parameters<Link["call"]>[2]) {
      const used = line ?? (started ? await withinReason(next.promise) : undefined);
      if (!used) throw new LineFailure();
      try {
        return await used.link.call(path, input, options);
      } catch (error) {
        // An error of the line itself, not an answer of the studio.
        if (used !== line) throw new LineFailure({ cause: error });
        throw error;
      }
    },
  });

  return {
    client,
    connect() {
      if (started) return;
      started = true;
      void keepOpen();
    },
    isUp: () => line !== undefined,
    onUp(listener) {
      listeners.add(listener);
      listener(line !== undefined);
      return () => listeners.delete(listener);
    },
    follow(open, onMessage, onRefused) {
      const stop = new AbortController();
      const loop = async () => {
        let turn = 0;
        while (!stop.signal.aborted) {
          const used = await next.promise;
          if (stop.signal.aborted) return;
          try {
            for await (const message of await open(stop.signal)) {
              if (stop.signal.aborted) return;
              turn = 0;
              onMessage(message);
            }
          } catch (error) {
            if (stop.signal.aborted) return;
            const failure = describeFailure(error);
            // What the studio refuses now it refuses again; only a broken line is worth another try.
            if (used === line && failure.kind === "refused") return onRefused?.(failure);
          }
          if (used !== line) continue;
          await new Promise((resolve) => setTimeout(resolve, waitMs(turn++)));
        }
      };
      void loop();
      return () => stop.abort();
    },
  };
}

/** A call made while the line is down waits this long for it to come back, then fails as offline. */
const PATIENCE_MS = 4000;

async function withinReason(coming: Promise<Line>): Promise<Line | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  return await Promise.race([coming, patience]).finally(() => clearTimeout(timer));
}

async function openSocket(): Promise<Line> {
  if (!(await isOurHost())) throw new LineFailure();
  const url = new URL("rpc", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  window.localStorage.setItem(WINDOW_PATH_KEY, window.location.pathname);
  const socket = new WebSocket(url);
  refuseLargeMessages(socket);
  const ended = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => resolve(), { once: true });
  });
  const link: Link = new SocketLink({ websocket: socket });
  return await new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve({ link, ended }), { once: true });
    socket.addEventListener("close", () => reject(new LineFailure()), { once: true });
  });
}

/**
 * Whether the host that this window has met listens there. While it is down, another user of the machine may take its
 * port, and the path and the cookie would let that user in once the host is back: they are sent to none but it.
 */
async function isOurHost(): Promise<boolean> {
  const nonce = crypto.randomUUID();
  const answer = await fetch(`${PROOF_PATH}?nonce=${nonce}`, { credentials: "omit", cache: "no-store" });
  const proof = Uint8Array.from(
    atob((await answer.text()).replaceAll("-", "+").replaceAll("_", "/")),
    (each) => each.charCodeAt(0),
  );
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const path = await crypto.subtle.importKey("raw", bytes(window.location.pathname), algorithm, false, [
    "verify",
  ]);
  return await crypto.subtle.verify(algorithm, path, proof, bytes(nonce));
}

/** The preload hands over a port each time the window asks; see electron/preload.ts. */
function openPort(): Promise<Line> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent<unknown>) => {
      if (event.source !== window || !isPortMessage(event.data)) return;
      const port = event.ports[0];
      if (!port) return;
      window.removeEventListener("message", onMessage);
      const ended = new Promise<void>((done) => {
        port.addEventListener("close", () => done(), { once: true });
      });
      const link: Link = new PortLink({ port });
      port.start();
      resolve({ link, ended });
    };
    window.addEventListener("message", onMessage);
    window.postMessage({ type: "catwalk:ask-port" }, window.location.origin);
  });
}

function isPortMessage(data: unknown): boolean {
  return typeof data === "object" && data !== null && "type" in data && data.type === "catwalk:port";
}

/** The desktop app serves the window under its own scheme; anything else is a browser. */
export const studio = createStudio(() =>
  window.location.protocol === "catwalk:" ? openPort() : openSocket(),
);
