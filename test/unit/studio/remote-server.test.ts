import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import type { Scope } from "../../../src/engine/record.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import type { MediaOrigin } from "../../../src/library/ports/media.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import type { Server } from "../../../src/studio/server/connection.ts";
import { createRemoteServer, unknownSandbox } from "../../../src/studio/server/remote-server.ts";
import type { WondercatClient } from "../../../src/wondercat/client.ts";

/** As `src/sandbox/mark.ts` writes it into every file the sandbox makes. */
const sandboxMark = "catwalk-sandbox-media";

let home: string;
let library: Library;
let sent: { readonly name: string; readonly bytes: string }[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "catwalk-remote-"));
  library = await openLibrary(home);
  sent = [];
});
afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true, force: true });
});

function remote(scope: string, isSandbox = false) {
  const client: Pick<WondercatClient, "upload"> = {
    async upload(file) {
      sent.push({ name: file.name, bytes: await readFile(file.path, "latin1") });
      return { ok: true, media: { mediaId: `media-${sent.length}`, url: "https://example.com/x" } };
    },
  };
  const server: Server = {
    client: client as WondercatClient, // these tests only upload
    scope: scope as Scope,
    label: "Server",
    origin: "https://example.com",
    isSandbox,
    catalogue: builtInCatalogue,
    accounts: [],
  };
  const { upload } = createRemoteServer(server, library, systemClock);
  return (sha256: string, again?: true) =>
    upload(
      { type: "media", kind: "image", sha256, mimeType: "image/png" },
      { signal: new AbortController().signal, onProgress: () => undefined, ...(again ? { again } : {}) },
    );
}

async function take(bytes: string, ...origins: readonly MediaOrigin[]): Promise<string> {
  async function* once() {
    yield Buffer.from(bytes, "latin1");
  }
  const { sha256, sizeBytes } = await library.files.take(once());
  for (const origin of origins)
    await library.media.add({ sha256, kind: "image", mimeType: "image/png", sizeBytes }, origin, 1);
  return sha256;
}

const refused = expect.objectContaining({
  failure: expect.objectContaining({ code: "sandbox_media_refused", cost: "none", retryable: false }),
});

test("An upload is remembered in its scope alone, until the server says that it is gone", async () => {
  const sha256 = await take("picture", { kind: "person" });
  const one = remote("one");
  expect(await one(sha256)).toEqual({ mediaId: "media-1", remembered: false });
  expect(await one(sha256)).toEqual({ mediaId: "media-1", remembered: true });
  expect(await remote("two")(sha256)).toEqual({ mediaId: "media-2", remembered: false });
  expect(await one(sha256, true)).toEqual({ mediaId: "media-3", remembered: false });
  expect(await one(sha256)).toEqual({ mediaId: "media-3", remembered: true });
  expect(sent.map((file) => file.bytes)).toEqual(["picture", "picture", "picture"]);
  expect(sent[0]?.name).toBe(`${sha256.slice(0, 16)}.png`);
});

test("Bytes with the sandbox's mark are refused elsewhere, even when nobody remembers where they came from", async () => {
  for (const bytes of [`${sandboxMark} at the start`, `${"x".repeat(300_000)} at the end ${sandboxMark}`])
    await expect(remote("live")(await take(bytes, { kind: "person" }))).rejects.toEqual(refused);
  expect(sent).toEqual([]);
});

test("Media made by a sandbox goes back to it, and to no other sandbox", async () => {
  const made = await take("made", { kind: "sandbox", scope: "sandbox:1" });
  const cut = await take("cut", { kind: "render", madeFrom: [made] });
  for (const sha256 of [made, cut]) {
    expect(await remote("sandbox:1", true)(sha256)).toMatchObject({ remembered: false });
    await expect(remote("sandbox:2", true)(sha256)).rejects.toEqual(refused);
    await expect(remote("live")(sha256)).rejects.toEqual(refused);
  }
});

test("Equal bytes that two sandboxes made go back to both, and a cut of them with something else only where all of it was made", async () => {
  const both = await take(
    "equal",
    { kind: "sandbox", scope: "sandbox:1" },
    { kind: "sandbox", scope: "http://127.0.0.1:4010/account" },
  );
  const cut = await take("cut", { kind: "render", madeFrom: [both] });
  const other = await take("other", { kind: "sandbox", scope: "sandbox:1" });
  const mixed = await take("mixed", { kind: "render", madeFrom: [cut, other] });
  for (const sha256 of [both, cut]) {
    expect(await remote("sandbox:1", true)(sha256)).toMatchObject({ remembered: false });
    expect(await remote("http://127.0.0.1:4010/account")(sha256)).toMatchObject({ remembered: false });
    await expect(remote("live")(sha256)).rejects.toEqual(refused);
  }
  await expect(remote("http://127.0.0.1:4010/account")(mixed)).rejects.toEqual(refused);
  expect(await remote("sandbox:1", true)(mixed)).toMatchObject({ remembered: false });
});

test("A sandbox somebody runs by hand gets back what it made, mark and all", async () => {
  const made = await take(sandboxMark, { kind: "sandbox", scope: "http://127.0.0.1:4010/account" });
  expect(await remote("http://127.0.0.1:4010/account")(made)).toMatchObject({ remembered: false });
});

test("A marked file that a person brought in may go to a sandbox", async () => {
  const file = await take(sandboxMark, { kind: "person" }, { kind: "sandbox", scope: unknownSandbox });
  expect(await remote("sandbox:1", true)(file)).toMatchObject({ remembered: false });
  await expect(remote("live")(file)).rejects.toEqual(refused);
});

test("Media whose bytes are gone is said, and nothing is sent", async () => {
  const sha256 = await take("picture", { kind: "person" });
  await rm(join(home, "media"), { recursive: true });
  await expect(remote("one")(sha256)).rejects.toMatchObject({ failure: { code: "media_not_in_library" } });
  expect(sent).toEqual([]);
});
