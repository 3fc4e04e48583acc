import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";
import { createWondercatClient, type WondercatClient } from "../../../src/wondercat/client.ts";
import { WondercatError } from "../../../src/wondercat/failures.ts";
import type { WondercatOptions } from "../../../src/wondercat/transport.ts";
import { inEnglish } from "../../support/in-english.ts";

export const KEY = `sk_${"0123456789abcdef".repeat(4)}`;

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return port;
}

export type TcpServer = {
  readonly origin: string;
  readonly port: number;
  /** What each connection has sent so far. */
  readonly received: string[];
  close(): Promise<void>;
};

/** A server that is not HTTP by itself: `onConnection` may write, cut and reset as it likes. */
export async function tcpServer(
  onConnection: (socket: Socket) => void,
  server: Server = createTcpServer(),
  protocol = "http",
): Promise<TcpServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  server.on(
    protocol === "https" && "setSecureContext" in server ? "secureConnection" : "connection",
    (socket: Socket) => {
      const index = received.push("") - 1;
      sockets.add(socket);
      socket.on("error", () => undefined); // resets are what these tests are about
      socket.on("data", (chunk) => {
        received[index] += chunk.toString("latin1");
      });
      onConnection(socket);
    },
  );
  const port = await listen(server);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { origin: `${protocol}://127.0.0.1:${port}`, port, received, close };
}

/** A self-signed certificate no one trusts, for tests alone. */
export function untrustedTlsServer(
  onConnection: (socket: Socket) => void = () => undefined,
): Promise<TcpServer> {
  const server = createTlsServer({
    key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIWoWGTyf6GAEzvCy
QU78eCDBoAvoNtoufo3MVOf1yLmhRANCAAQkeWiKQ3ZpokAvX+F/rW4ZxG/ka/7Q
sWzAml40Hj3+v9WXv07Npd1p7kIkbSxRo94p9eR7Z2dULinZOytml1q+
-----END PRIVATE KEY-----`,
    cert: `-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIUE3XcypVBZzg/SAVtKp24bnPqUewwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdW50cnVzdGVkLnRlc3QwIBcNMjYxMTIzMjIyNTIzWhgPMjEy
NjEwMzAyMjI1MjNaMBkxFzAVBgNVBAMMDnVudHJ1c3RlZC50ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEJHloikN2aaJAL1/hf61uGcRv5Gv+0LFswJpeNB49
/r/Vl79OzaXdae5CJG0sUaPeKfXke2dnVC4p2TsrZpdavqNTMFEwHQYDVR0OBBYE
FOm7EPPV1U8cWkqQjJGcQO+U26QQMB8GA1UdIwQYMBaAFOm7EPPV1U8cWkqQjJGc
QO+U26QQMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgDPjSvkaG
qrSg0big403PugiJcy5dyk5q44IRlR2hIhsCIFisQdX5Gkp+lto+RHwkgjlXHoYG
JWgPT1uzJAxVC8uq
-----END CERTIFICATE-----`,
  });
  server.on("tlsClientError", () => undefined); // the client hangs up, as it should
  return tcpServer(onConnection, server, "https");
}

export type HttpServer = { readonly origin: string; readonly requests: IncomingMessage[] };

export async function httpServer(
  onRequest: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<HttpServer> {
  const requests: IncomingMessage[] = [];
  const server = createHttpServer((request, response) => {
    requests.push(request);
    onRequest(request, response, requests.length);
  });
  const port = await listen(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${port}`, requests };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** An address on which nothing listens any more. */
export async function deadOrigin(): Promise<string> {
  const server = await tcpServer(() => undefined);
  await server.close();
  return server.origin;
}

/** A clock on which every wait is over at once, and which remembers how long each was. */
export function instantClock(startMs = Date.parse("2026-07-01T12:00:00Z")) {
  const waits: number[] = [];
  let nowMs = startMs;
  return {
    waits,
    startMs,
    now: () => nowMs,
    setTimeout(callback: () => void, ms: number) {
      waits.push(ms);
      nowMs += ms;
      queueMicrotask(callback);
      return waits.length;
    },
    clearTimeout: () => undefined,
  };
}

export function testClient(baseUrl: string, options: Partial<WondercatOptions> = {}): WondercatClient {
  const client = createWondercatClient({
    baseUrl,
    apiKey: () => KEY,
    clock: instantClock(),
    random: () => 0.5,
    ...options,
  });
  onTestFinished(() => client.close());
  return speaking(client);
}

/** The same client, whose answers and failures say in English what a person reads. */
function speaking(client: WondercatClient): WondercatClient {
  const say = (error: unknown): never => {
    if (error instanceof WondercatError)
      throw new WondercatError(inEnglish(error.failure), { cause: error.cause });
    throw error;
  };
  return new Proxy(client, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name);
      if (typeof own !== "function") return own;
      return (...args: unknown[]) => {
        const answer: unknown = own.apply(target, args);
        return answer instanceof Promise ? answer.then(inEnglish, say) : answer;
      };
    },
  });
}

/** A signal that is never aborted. */
export const going = () => ({ signal: new AbortController().signal, mayLeave: async () => true });
