import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { AnyRouter } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type WebSocket, WebSocketServer } from "ws";
import { messageOf } from "../../base/errors.ts";
import { LARGEST_MESSAGE_BYTES, PROOF_PATH } from "../../studio/contract.ts";
import type { StudioContext } from "../../studio/router.ts";
import type { Studio } from "../../studio/service.ts";
import { note } from "../terminal/terminal.ts";
import { contentSecurityPolicy } from "./content-security-policy.ts";
import { enterPage, enterScript, enterScriptPath } from "./enter-page.ts";
import { createHttpCalls } from "./http-calls.ts";
import { judgeMessage } from "./rpc-messages.ts";
import { listStaticFiles } from "./static-files.ts";
import { createWebGuard, type GuardedRequest } from "./web-guard.ts";

export type WebHost = {
  /** The first address, with the token that lets a person in. */
  readonly url: string;
  /** An address that lets in once, soon: for the command that opens a browser, which other users can see. */
  openingUrl(): string;
  readonly origin: string;
  close(): Promise<void>;
};

/** A window with this much waiting for it is slow: it gets snapshots instead of more events. */
const congestedBytes = 1024 * 1024;

/**
 * Serves the studio to browsers on this machine: the window's files, the contract over a WebSocket at `/rpc` and by
 * HTTP below `/api`, and media by plain HTTP. Binds 127.0.0.1 only, and every request passes `createWebGuard` first.
 *
 * @param port 0 picks a free one.
 */
export async function startWebHost(options: {
  readonly studio: { readonly router: AnyRouter; handleMedia: Studio["handleMedia"] };
  readonly rendererFolder: string;
  readonly port: number;
  /** Of windows that were open before this start; see `keptSessionKey`. Default: windows do not outlive the host. */
  readonly sessionKey?: Buffer;
}): Promise<WebHost> {
  const files = await listStaticFiles(options.rendererFolder);
  let port = options.port;
  const guard = createWebGuard(() => port, undefined, options.sessionKey);
  const app = new Hono<{
    Bindings: { incoming: IncomingMessage };
    Variables: { target: string };
  }>();

  app.get(enterScriptPath, (c) => {
    const headers = { ...securityHeaders(port), "content-type": "text/javascript; charset=utf-8" };
    return c.body(enterScript, 200, headers);
  });

  app.get(PROOF_PATH, (c) => {
    const nonce = c.req.query("nonce") ?? "";
    if (!/^[\w-]{20,64}$/.test(nonce)) return c.text("There is nothing at this address.", 404);
    return c.body(guard.prove(nonce), 200, { ...securityHeaders(port), "cache-control": "no-store" });
  });

  app.use(async (c, next) => {
    const verdict = guard.check(guarded(c.env.incoming, false));
    if (verdict.kind === "refuse") return c.text(verdict.message, verdict.status, securityHeaders(port));
    if (verdict.kind === "sign-in") {
      const { cookie } = verdict;
      return c.body(null, 303, { ...securityHeaders(port), location: guard.path, "set-cookie": cookie });
    }
    if (verdict.kind === "enter") return c.html(enterPage, 401, securityHeaders(port));
    c.set("target", verdict.target);
    await next();
    for (const [name, value] of Object.entries(securityHeaders(port))) {
      // Media brings a stricter policy of its own.
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    return undefined;
  });
  // The guard has let it pass, so what stands first is the secret path.
  app.all("/:path/media/*", (c) => options.studio.handleMedia(c.req.raw));
  app.all("/:path/import", (c) => options.studio.handleMedia(c.req.raw));
  const call = createHttpCalls(options.studio.router);
  app.post("/:path/api/*", bodyLimit({ maxSize: LARGEST_MESSAGE_BYTES, onError: tooLarge }), (c) =>
    call(c.req.raw, `/${c.req.param("path")}/api`),
  );
  app.onError((error, c) => {
    // A request that was cut off is no mistake of ours, and nobody waits for its answer.
    if (!c.env.incoming.readableAborted) note(`A call went wrong: ${messageOf(error)}`);
    return c.text("Catwalk itself went wrong.", 500);
  });
  app.get("*", (c) => {
    // The path as it came: nothing is decoded, so no second spelling of a path exists.
    const file = files.get(c.get("target").split("?", 1)[0] ?? "/");
    if (!file) return c.text("There is nothing at this address.", 404);
    const headers = {
      "content-type": file.mimeType,
      "content-length": String(file.sizeBytes),
      // Vite names assets by content; the page itself must be fresh after an update.
      "cache-control": file.path.includes("assets") ? "private, max-age=31536000, immutable" : "no-cache",
    };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    return c.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream, 200, headers);
  });

  const server = createServer(getRequestListener(app.fetch));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES });
  const rpc = new RPCHandler(options.studio.router);
  server.on("upgrade", (request, socket, head) => {
    // Without a listener a reset by the other side would end the process.
    socket.on("error", () => socket.destroy());
    const verdict = guard.check(guarded(request, true));
    if (verdict.kind !== "pass" || verdict.target !== "/rpc") {
      const status = verdict.kind === "refuse" ? verdict.status : 400;
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // The socket closes itself for what breaks the protocol, and says so here. Without a listener the process ends.
      webSocket.on("error", () => undefined);
      const context: StudioContext = { isCongested: () => webSocket.bufferedAmount > congestedBytes };
      void rpc.upgrade(judged(webSocket), { context });
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => resolve());
  });
  port = (server.address() as AddressInfo).port;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/?token=${guard.token}`,
    openingUrl: () => `${origin}/?code=${guard.createCode()}`,
    async close() {
      for (const webSocket of sockets.clients) webSocket.terminate();
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The socket as the contract sees it: only messages that `judgeMessage` lets pass reach it. */
function judged(webSocket: WebSocket): Pick<WebSocket, "send" | "addEventListener"> {
  return {
    send: webSocket.send.bind(webSocket),
    addEventListener(type, listener, options) {
      if (type !== "message") return webSocket.addEventListener(type, listener, options);
      // The listener's type follows from the event's name.
      const take = listener as (event: WebSocket.MessageEvent) => void;
      webSocket.addEventListener("message", (event) => {
        const verdict = judgeMessage(event.data);
        if (verdict.kind === "pass") take(event);
        else if (verdict.kind === "answer") webSocket.send(verdict.text);
        else webSocket.close(verdict.code, verdict.reason);
      });
    },
  };
}

function tooLarge(c: Context): Response {
  const most = LARGEST_MESSAGE_BYTES / 1024 / 1024;
  return c.text(`A call takes at most ${most} MB. Bring files in by POST /import.`, 413);
}

function guarded(request: IncomingMessage, webSocket: boolean): GuardedRequest {
  return {
    method: request.method ?? "GET",
    target: request.url ?? "/",
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    webSocket,
  };
}

function securityHeaders(port: number): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`]),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}
