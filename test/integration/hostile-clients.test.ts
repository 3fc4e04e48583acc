import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LARGEST_MESSAGE_BYTES } from "../../src/studio/contract.ts";
import { cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { type Frame, openRawSocket } from "../support/raw-socket.ts";
import { type ServedStudio, serveStudio } from "../support/web-client.ts";

/** What a page or program that is signed in may send: the host lives, and so do the runs of everybody else. */

let work: Awaited<ReturnType<typeof openWorkFolder>>;
let studio: ServedStudio;

beforeAll(async () => {
  work = await openWorkFolder();
  studio = await serveStudio(work.home);
}, cliTimeout.timeout);
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  await work[Symbol.asyncDispose]();
});

const openSocket = () => openRawSocket(`${studio.base}rpc`, studio.headers);
/** That it answers, and that nothing was written of a failure that no part of it was ready for. */
async function expectAlive(): Promise<void> {
  expect(await studio.client.studio.info()).toMatchObject({ host: "web" });
  expect(studio.process.child.exitCode).toBeNull();
}

describe(
  "a socket that breaks the protocol is closed with the code for it, and the host lives",
  cliTimeout,
  () => {
    const text = (payload: string | Uint8Array): Frame => ({ opcode: 1, payload });
    const call = JSON.stringify({ i: "1", p: { u: "/studio/info" } });
    test.each<[what: string, code: number, frames: readonly Frame[]]>([
      ["a frame over the limit", 1009, [{ ...text("x"), claimedBytes: LARGEST_MESSAGE_BYTES + 1 }]],
      ["a frame of terabytes", 1009, [{ ...text("x"), claimedBytes: 3e12 }]],
      ["text that is no UTF-8", 1007, [text(Buffer.from([0xc3, 0x28]))]],
      ["reserved bits", 1002, [{ ...text(call), reserved: 0b100 }]],
      ["a frame without a mask", 1002, [{ ...text(call), masked: false }]],
      ["an unknown opcode", 1002, [{ ...text(call), opcode: 5 }]],
      ["a ping in pieces", 1002, [{ opcode: 9, payload: "", isLast: false }]],
      ["a ping that is too long", 1002, [{ opcode: 9, payload: "x".repeat(200) }]],
      ["a rest without a beginning", 1002, [{ ...text(call), opcode: 0 }]],
      ["a close with a code that is none", 1002, [{ opcode: 8, payload: Buffer.from([0, 1]) }]],
      ["bytes where text belongs", 1003, [{ opcode: 2, payload: call }]],
      ["text that is no JSON", 1007, [text("{")]],
      ["JSON that is no call", 1007, [text('{"i":"1","p":7}')]],
      ["a call of another host", 1007, [text('{"i":"1","p":{"u":"http://evil.example/"}}')]],
      ["nothing but brackets", 1007, [text("[".repeat(1_000_000))]],
    ])("%s", async (_what, code, frames) => {
      const raw = await openSocket();
      raw.send(...frames);
      expect(await raw.closed).toBe(code);
      await expectAlive();
    });

    test("a call that nests 5,000 deep is refused by name, and its socket stays", async () => {
      const raw = await openSocket();
      const graph = "[".repeat(5_000) + "]".repeat(5_000);
      raw.send(text(`{"i":"7","p":{"u":"/graphs/check","b":{"json":{"graph":${graph}}}}}`));
      expect(JSON.parse(await raw.until(/"i":"7"/))).toMatchObject({
        p: { s: 409, b: { json: { code: "REFUSED", data: { code: "too-deep" } } } },
      });
      raw.send(text('{"i":"8","p":{"u":"/studio/info"}}'));
      expect(await raw.until(/"i":"8"/)).toContain('"host":"web"');
      raw.socket.destroy();
    });
  },
);

describe("an import that is cut off or broken leaves the host alive and nothing behind", cliTimeout, () => {
  const head = (more: readonly string[]) => {
    const { host, pathname } = new URL(studio.base);
    const headers = Object.entries(studio.headers).map(([name, value]) => `${name}: ${value}`);
    const lines = [`POST ${pathname}import?name=a.png HTTP/1.1`, `Host: ${host}`, ...headers, ...more];
    return `${lines.join("\r\n")}\r\n\r\n`;
  };
  test.each<[what: string, headers: readonly string[], body: string, ends: "reset" | "end"]>([
    ["reset before a byte", ["Content-Length: 1000"], "", "reset"],
    ["reset in the middle", ["Content-Length: 1000"], "some", "reset"],
    ["ended too early", ["Content-Length: 1000"], "some", "end"],
    ["a malformed chunk", ["Transfer-Encoding: chunked"], "zz\r\nnot a chunk\r\n", "end"],
    ["a malformed chunk after a good one", ["Transfer-Encoding: chunked"], "4\r\nsome\r\nzz\r\n", "end"],
    ["a chunk of terabytes, reset", ["Transfer-Encoding: chunked"], "fffffffffff\r\nsome", "reset"],
  ])("%s", async (_what, headers, body, ends) => {
    for (let attempt = 0; attempt < 5; attempt++) {
      const { hostname, port } = new URL(studio.base);
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.resume();
      socket.write(head(headers) + body, () => {
        if (ends === "end") socket.end();
        else socket.resetAndDestroy();
      });
      await closed;
    }
    await expectAlive();
    const answer = await fetch(`${studio.base}import?name=a.txt`, {
      method: "POST",
      headers: studio.headers,
      body: "words",
    });
    expect(answer.status).toBe(415);
    expect(await readdir(join(work.home, "media", "incoming"))).toEqual([]);
  });
});
