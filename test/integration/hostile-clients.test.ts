import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { brokenFrames, brokenImports, sendBroken } from "../support/hostile-bytes.ts";
import { openRawSocket, textFrame } from "../support/raw-socket.ts";
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
    test.each(brokenFrames)("%s", async (_what, code, frames) => {
      const raw = await openSocket();
      raw.send(...frames);
      expect(await raw.closed).toBe(code);
      await expectAlive();
    });

    test("a call that nests 5,000 deep is refused by name, and its socket stays", async () => {
      const raw = await openSocket();
      const graph = "[".repeat(5_000) + "]".repeat(5_000);
      raw.send(textFrame(`{"i":"7","p":{"u":"/graphs/check","b":{"json":{"graph":${graph}}}}}`));
      expect(JSON.parse(await raw.until(/"i":"7"/))).toMatchObject({
        p: { s: 409, b: { json: { code: "REFUSED", data: { code: "too-deep" } } } },
      });
      raw.send(textFrame('{"i":"8","p":{"u":"/studio/info"}}'));
      expect(await raw.until(/"i":"8"/)).toContain('"host":"web"');
      raw.socket.destroy();
    });
  },
);

describe("an import that is cut off or broken leaves the host alive and nothing behind", cliTimeout, () => {
  test.each(brokenImports)("%s", async (_what, broken) => {
    for (let attempt = 0; attempt < 5; attempt++) await sendBroken(studio, broken);
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

describe("a call by HTTP that is cut off or broken leaves the host alive and quiet", cliTimeout, () => {
  test.each(brokenImports)("%s", async (_what, broken) => {
    let words = "";
    studio.process.child.stderr?.on("data", (text: string) => {
      words += text;
    });
    const headers = { ...studio.headers, "content-type": "application/json" };
    for (const path of ["api/studio/info", "api/documents/importText"])
      for (let attempt = 0; attempt < 5; attempt++) await sendBroken({ ...studio, headers }, broken, path);
    await expectAlive();
    expect(words).toBe("");
  });
});
