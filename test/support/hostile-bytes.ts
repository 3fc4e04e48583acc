import { connect } from "node:net";
import { LARGEST_MESSAGE_BYTES } from "../../src/studio/contract.ts";
import { type Frame, textFrame } from "./raw-socket.ts";

/** What breaks the protocols below the contract, one by one. */

const call = JSON.stringify({ i: "1", p: { u: "/studio/info" } });

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 for the codes that a socket is closed with. */
export const brokenFrames: readonly (readonly [what: string, code: number, frames: readonly Frame[]])[] = [
  ["a frame over the limit", 1009, [{ ...textFrame("x"), claimedBytes: LARGEST_MESSAGE_BYTES + 1 }]],
  ["a frame of terabytes", 1009, [{ ...textFrame("x"), claimedBytes: 3e12 }]],
  ["text that is no UTF-8", 1007, [textFrame(Buffer.from([0xc3, 0x28]))]],
  ["reserved bits", 1002, [{ ...textFrame(call), reserved: 0b100 }]],
  ["a frame without a mask", 1002, [{ ...textFrame(call), masked: false }]],
  ["an unknown opcode", 1002, [{ ...textFrame(call), opcode: 5 }]],
  ["a ping in pieces", 1002, [{ opcode: 9, payload: "", isLast: false }]],
  ["a ping that is too long", 1002, [{ opcode: 9, payload: "x".repeat(200) }]],
  ["a rest without a beginning", 1002, [{ ...textFrame(call), opcode: 0 }]],
  ["a close with a code that is none", 1002, [{ opcode: 8, payload: Buffer.from([0, 1]) }]],
  ["bytes where text belongs", 1003, [{ opcode: 2, payload: call }]],
  ["text that is no JSON", 1007, [textFrame("{")]],
  ["JSON that is no call", 1007, [textFrame('{"i":"1","p":7}')]],
  ["a call of another host", 1007, [textFrame('{"i":"1","p":{"u":"http://evil.example/"}}')]],
  ["nothing but brackets", 1007, [textFrame("[".repeat(1_000_000))]],
];

export type BrokenImport = {
  readonly headers: readonly string[];
  readonly body: string;
  readonly ends: "reset" | "end";
};

const chunked = ["Transfer-Encoding: chunked"];

export const brokenImports: readonly (readonly [what: string, broken: BrokenImport])[] = [
  ["reset before a byte", { headers: ["Content-Length: 1000"], body: "", ends: "reset" }],
  ["reset in the middle", { headers: ["Content-Length: 1000"], body: "some", ends: "reset" }],
  ["ended too early", { headers: ["Content-Length: 1000"], body: "some", ends: "end" }],
  ["a malformed chunk", { headers: chunked, body: "zz\r\nnot a chunk\r\n", ends: "end" }],
  ["a malformed chunk after a good one", { headers: chunked, body: "4\r\nsome\r\nzz\r\n", ends: "end" }],
  ["a chunk of terabytes, reset", { headers: chunked, body: "fffffffffff\r\nsome", ends: "reset" }],
];

/** Sends it as a signed-in window would, and waits until the connection is over. */
export async function sendBroken(
  { base, headers }: { readonly base: string; readonly headers: Readonly<Record<string, string>> },
  broken: BrokenImport,
  path = "import?name=a.png",
): Promise<void> {
  const { host, hostname, port, pathname } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.resume();
  const lines = [
    `POST ${pathname}${path} HTTP/1.1`,
    `Host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...broken.headers,
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${broken.body}`, () => {
    if (broken.ends === "end") socket.end();
    else socket.resetAndDestroy();
  });
  await closed;
}
