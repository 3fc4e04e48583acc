import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import type { MediaKind } from "../../../src/base/media-kind.ts";
import { createEditor } from "../../../src/editing/editor.ts";
import { forkEditor } from "../../../src/editing/fork.ts";
import type { Scope } from "../../../src/engine/record.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { builtInCatalogue } from "../../../src/nodes/catalogue-data.ts";
import { createStudioMedia } from "../../../src/studio/media/media-store.ts";
import type { Server } from "../../../src/studio/server/connection.ts";
import type { WondercatClient } from "../../../src/wondercat/client.ts";

let home: string;
let library: Library;
const editor = createEditor({
  spawn: () => forkEditor(new URL("../../../src/editing/worker.ts", import.meta.url)),
});
let picture: Buffer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "catwalk-media-store-"));
  library = await openLibrary(home);
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: "teal", noise } })
    .jpeg()
    .toBuffer();
});
afterAll(async () => {
  await editor.close();
  await library.close();
  await rm(home, { recursive: true, force: true });
});

let fetches = 0;

/** Fetches a result whose bytes are these, under an id of its own. */
async function fetched(bytes: Uint8Array, promised: readonly MediaKind[], mimeType = "image/jpeg") {
  const client: Pick<WondercatClient, "download"> = {
    download: async () => ({ body: Readable.from([bytes]), mimeType }),
  };
  const server: Server = {
    client: client as WondercatClient, // these tests only download
    scope: "server" as Scope,
    label: "Server",
    origin: "https://example.com",
    isSandbox: false,
    catalogue: builtInCatalogue,
    accounts: [],
  };
  const store = createStudioMedia({ library, editor, clock: systemClock }).storeFor(server);
  return await store.fetch(
    { mediaId: `media-${++fetches}`, url: "https://example.com/x", mimeType },
    {
      scope: server.scope,
      promised,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
  );
}

const files = async () =>
  (await readdir(join(home, "media"), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

const unfit: readonly (readonly [name: string, bytes: () => Uint8Array, words: string])[] = [
  ["a web page", () => Buffer.from("<html>login</html>"), "sent a web page instead of an image"],
  ["nothing", () => Buffer.alloc(0), "sent nothing instead of an image"],
  ["a compressed picture", () => gzipSync(picture), "sent compressed bytes (gzip) instead of an image"],
  ["a picture cut short", () => picture.subarray(0, picture.length - 40), "sent only a part of the image"],
  ["a text", () => Buffer.from("Your session is over.\n"), "sent a text instead of an image"],
  ["an error in JSON", () => Buffer.from('{"error":"expired"}'), "sent a text (JSON) instead of an image"],
  ["an error in XML", () => Buffer.from("<?xml version='1.0'?><Error/>"), "sent a page of markup instead"],
  ["noise", () => Buffer.alloc(5000, "\u0001\u00fe"), "sent bytes that are no media or damaged instead"],
];

test.each(unfit)("%s is no result: it is said, and none of it is kept", async (_name, bytes, words) => {
  const before = await files();
  await expect(fetched(bytes(), ["image"])).rejects.toMatchObject({
    failure: {
      code: "result_unfit",
      message: expect.stringContaining(words),
      retryable: true,
      cost: "none",
    },
  });
  expect(await files()).toEqual(before);
  expect(await library.media.sha256Of("server", `media-${fetches}`)).toBeUndefined();
});

test("another kind than promised is no result, whatever the server calls it", async () => {
  await expect(fetched(picture, ["video"], "video/mp4")).rejects.toMatchObject({
    failure: { code: "result_unfit", message: "The server sent an image, not a video." },
  });
});

test("what the step makes is a result under a wrong name, too, and is kept as what it is", async () => {
  expect(await fetched(picture, ["video", "image"], "video/mp4")).toMatchObject({
    kind: "image",
    mimeType: "image/jpeg",
    width: 64,
  });
  expect(await fetched(picture, ["image"], "application/octet-stream")).toMatchObject({
    mimeType: "image/jpeg",
  });
});
