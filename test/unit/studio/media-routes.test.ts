import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { createMediaRoutes } from "../../../src/studio/media/media-routes.ts";
import { createStudioMedia } from "../../../src/studio/media/media-store.ts";

let home: string;
let library: Library;
let handle: (request: Request) => Promise<Response>;
let postersDrawn = 0;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "catwalk-media-"));
  library = await openLibrary(home);
  postersDrawn = 0;
  const probe = async (path: string) => {
    if (!(await readFile(path, "utf8")).startsWith("<svg")) throw new Error("no media");
    return { kind: "image", mimeType: "image/svg+xml" } as const;
  };
  handle = createMediaRoutes({
    library,
    media: createStudioMedia({ library, clock: systemClock, editor: { probe } }),
    editor: {
      async poster(_path, to) {
        postersDrawn++;
        await writeFile(to, "jpeg");
      },
      waveform: async () => [0, 0.12345, 1],
    },
  });
});
afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true, force: true });
});

const ask = (path: string, init?: RequestInit) => handle(new Request(`http://studio${path}`, init));
const take = (body: string, name = "a.svg") =>
  ask(`/import?name=${encodeURIComponent(name)}`, { method: "POST", body });
const picture = "<svg>0123456789</svg>";

async function imported(): Promise<string> {
  return ((await (await take(picture)).json()) as { sha256: string }).sha256;
}

test("Imported bytes answer as a file of the graph, under a name without folders", async () => {
  const answer = await take(picture, "../../etc/évil\u0000.svg");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    name: "évil.svg",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    sizeBytes: picture.length,
    kind: "image",
    mimeType: "image/svg+xml",
  });
});

test("What is no media is refused by what it is, not by its name", async () => {
  const answer = await take("MZ…", "picture.png");
  expect(answer.status).toBe(415);
  expect(await answer.json()).toEqual({
    error: expect.objectContaining({
      code: "file-type-unsupported",
      remedy: expect.stringContaining("JPEG"),
    }),
  });
  expect((await ask("/import?name=x", { method: "POST" })).status).toBe(400);
  expect((await ask("/import?name=x")).status).toBe(405);
});

test.each([
  [undefined, 200, picture, undefined],
  ["bytes=0-3", 206, "<svg", `bytes 0-3/${picture.length}`],
  ["bytes=-6", 206, "</svg>", `bytes ${picture.length - 6}-${picture.length - 1}/${picture.length}`],
  ["bytes=15-", 206, "</svg>", `bytes 15-20/${picture.length}`],
  ["bytes=5-999", 206, picture.slice(5), `bytes 5-20/${picture.length}`],
  ["bytes=21-", 416, "", `bytes */${picture.length}`],
  ["bytes=-0", 416, "", `bytes */${picture.length}`],
  ["bytes=0-1,4-5", 200, picture, undefined],
  ["bytes=9-3", 200, picture, undefined],
  ["lines=1-2", 200, picture, undefined],
])("A range %s is answered with %i", async (range, status, body, contentRange) => {
  const answer = await ask(`/media/${await imported()}`, range === undefined ? {} : { headers: { range } });
  expect([answer.status, await answer.text(), answer.headers.get("content-range") ?? undefined]).toEqual([
    status,
    body,
    contentRange,
  ]);
});

test("Pictures that could hold script run none of it, and downloads keep a safe name", async () => {
  const sha256 = await imported();
  const answer = await ask(`/media/${sha256}?download=${encodeURIComponent('../a"b\r\n.svg')}`);
  expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("content-disposition")).toBe(
    `attachment; filename="a_b.svg"; filename*=UTF-8''a%22b.svg`,
  );
});

test("There is nothing but hashes: no path leads anywhere else", async () => {
  const sha256 = await imported();
  for (const path of [
    "/media/../library.db",
    "/media/%2e%2e%2flibrary.db",
    `/media/${sha256}/../../library.db`,
    `/media/${sha256.toUpperCase()}`,
    `/media/${sha256}0`,
    `/media/${sha256}/other`,
    "/media/",
    "/",
  ])
    expect((await ask(path)).status, path).toBe(404);
  expect((await ask(`/media/${sha256}`, { method: "DELETE" })).status).toBe(405);
});

test("A poster is drawn once, however many ask for it at once", async () => {
  const sha256 = await imported();
  const answers = await Promise.all([1, 2, 3].map(() => ask(`/media/${sha256}/poster`)));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(["jpeg", "jpeg", "jpeg"]);
  await ask(`/media/${sha256}/poster`);
  expect(postersDrawn).toBe(1);
  expect(await (await ask(`/media/${sha256}/waveform`)).json()).toEqual({ peaks: [0, 0.123, 1] });
});
