/** How a connection comes about: undici's connectors, with something to wait for before or after. */
import type { Socket } from "node:net";
import { buildConnector } from "undici";

/**
 * Connects to where the server is now, for one on this machine whose port may change: asked before each connection, and
 * waited for. Until it is known nothing is sent, so a request that ends here was not sent.
 *
 * @param whereNow the server's origin.
 */
export function connectWhere(
  whereNow: () => Promise<string>,
  options: { readonly timeout: number; readonly allowH2: boolean },
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    whereNow().then(
      (origin) => {
        const { hostname, host, port, protocol } = new URL(origin);
        connect({ ...target, hostname, host, port, protocol }, callback);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/**
 * Gives a connection away only when `mayLeave` says yes once it stands, TLS included. Until then no byte of a request
 * is written to it. One that broke meanwhile is an error, as one that never stood.
 */
export function connectIf(
  connect: buildConnector.connector,
  mayLeave: () => Promise<boolean>,
): buildConnector.connector {
  return (target, callback) => {
    connect(target, (...made) => {
      const [error, socket] = made;
      if (error || !socket) {
        callback(...made);
        return;
      }
      mayLeave().then(
        (yes) => {
          if (yes && !socket.destroyed) {
            callback(null, socket);
            return;
          }
          socket.destroy();
          callback(new Error(yes ? "The connection was closed by the server." : "Not to be sent."), null);
        },
        (error: unknown) => {
          socket.destroy();
          callback(error instanceof Error ? error : new Error(String(error)), null);
        },
      );
    });
  };
}

/**
 * Takes "100 Continue" off the beginning of what a connection brings. A server or a proxy may send it unasked, and it
 * is no answer (RFC 9110, 15.2); undici takes it for a broken one and gives up the connection, and with it the answer to
 * a create (`onHeadersComplete` in its client-h1.js).
 */
export function withoutContinue(connect: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    connect(target, (...made) => {
      const [, socket] = made;
      if (socket) skipContinue(socket);
      callback(...made);
    });
  };
}

const CONTINUE = /^HTTP\/1\.[01] 100\b/;
const CONTINUE_LENGTH = "HTTP/1.1 100 ".length;
/** No head of an answer is longer. */
const LONGEST_HEAD = 64 * 1024;

/** undici reads its sockets by `read()` alone. */
function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  let held = Buffer.alloc(0);
  const pass = () => {
    socket.read = read;
    return held;
  };
  socket.read = () => {
    const chunk: Buffer | null = read();
    if (chunk !== null) held = Buffer.concat([held, chunk]);
    for (;;) {
      if (held.length < CONTINUE_LENGTH) return isNews(held) ? pass() : null;
      if (!CONTINUE.test(held.toString("latin1", 0, CONTINUE_LENGTH))) return pass();
      const end = held.indexOf("\r\n\r\n");
      if (end === -1) return held.length > LONGEST_HEAD ? pass() : null;
      held = held.subarray(end + 4);
    }
  };
}

/** Whether what has come so far cannot be the beginning of "100 Continue". */
function isNews(held: Buffer): boolean {
  const begun = held.toString("latin1");
  return !["HTTP/1.1 100 ", "HTTP/1.0 100 "].some((head) => head.startsWith(begun));
}
