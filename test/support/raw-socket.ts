import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** A frame of the WebSocket protocol, right or as broken as asked. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export type Frame = {
  /** 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number;
  readonly payload: Uint8Array | string;
  /** Default true, as a window must. */
  readonly masked?: boolean;
  /** Default true. */
  readonly isLast?: boolean;
  /** The three reserved bits; default 0. */
  readonly reserved?: number;
  /** The length that the frame says it has, in bytes. Default: the true one. */
  readonly claimedBytes?: number;
};

export const textFrame = (payload: string | Uint8Array): Frame => ({ opcode: 1, payload });

function frameBytes(frame: Frame): Buffer {
  const payload = Buffer.from(frame.payload);
  const length = frame.claimedBytes ?? payload.length;
  const first = ((frame.isLast ?? true) ? 0x80 : 0) | ((frame.reserved ?? 0) << 4) | frame.opcode;
  const maskBit = (frame.masked ?? true) ? 0x80 : 0;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = first;
  head[1] = maskBit | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  // A mask of zeros leaves the payload as it is, and masked all the same.
  return Buffer.concat([head, maskBit ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

/** A WebSocket whose bytes a test writes by itself. */
export type RawSocket = {
  readonly socket: Socket;
  send(...frames: readonly Frame[]): void;
  /** What the other side sent in text frames so far. */
  readonly texts: readonly string[];
  /** Waits for a text that the pattern matches. */
  until(pattern: RegExp): Promise<string>;
  /** The code of the close frame, once the other side has ended the connection; undefined when it sent none. */
  readonly closed: Promise<number | undefined>;
};

/** @param headers cookie and Origin of a signed-in window. */
export async function openRawSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawSocket> {
  const { hostname, port, host, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A connection that is reset ends as one that is closed.
  socket.on("error", () => undefined);
  socket.write(
    [
      `GET ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "\r\n",
    ].join("\r\n"),
  );
  let received = Buffer.alloc(0);
  let isOpen = false;
  let code: number | undefined;
  const texts: string[] = [];
  const waiting = new Set<() => void>();
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number | undefined>();
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    if (!isOpen) {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!received.subarray(0, end).includes("101 ")) return void socket.destroy();
      isOpen = true;
      received = received.subarray(end + 4);
      opened.resolve();
    }
    for (let frame = firstFrame(received); frame; frame = firstFrame(received)) {
      received = received.subarray(frame.bytes);
      if (frame.opcode === 1) texts.push(frame.payload.toString("utf8"));
      if (frame.opcode === 8) {
        code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : undefined;
        // The polite answer; without it the other side waits before it lets go.
        socket.end(frameBytes({ opcode: 8, payload: frame.payload }));
      }
      for (const look of waiting) look();
    }
  });
  socket.on("close", () => {
    opened.reject(new Error("The host did not open the socket."));
    closed.resolve(code);
    for (const look of waiting) look();
  });
  await opened.promise;
  return {
    socket,
    texts,
    send: (...frames) => void socket.write(Buffer.concat(frames.map(frameBytes))),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = texts.find((text) => pattern.test(text));
          if (found === undefined && !socket.destroyed) return;
          waiting.delete(look);
          if (found === undefined) reject(new Error(`The socket closed without ${pattern}.`));
          else resolve(found);
        };
        waiting.add(look);
        look();
      }),
    closed: closed.promise,
  };
}

/** The first whole frame of what has come; those of a host are never masked. */
function firstFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly bytes: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const head = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < head) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < head + length) return undefined;
  return {
    opcode: (bytes[0] ?? 0) & 0x0f,
    payload: bytes.subarray(head, head + length),
    bytes: head + length,
  };
}
