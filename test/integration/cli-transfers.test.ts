import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catwalk, cliTimeout, freshKey, openWorkFolder } from "../support/catwalk-cli.ts";
import { type FakeRules, fakePicture, openFakeApi, say } from "../support/fake-api.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { filesHolding } from "../support/studio.ts";

/** What goes wrong on the way of bytes, as a person meets it on the command line. */

const graph = graphOf(
  [
    nodeOf("pic", "generate", { family: "image", model: "nano-banana-2", prompt: "A red kite" }),
    nodeOf("keep", "save", { name: "kite" }),
  ],
  ["pic.out > keep.in"],
);

/** A server with these rules and a folder to run the graph in, as often as wanted. */
async function openTrial(rules: FakeRules) {
  const stack = new AsyncDisposableStack();
  const api = stack.use(await openFakeApi(rules));
  const work = stack.use(await openWorkFolder());
  const file = await work.write("graph.json", graph);
  const env = { CATWALK_API_KEY: freshKey() };
  const where = ["--server", api.url, "--yes", "--home", work.home, "--out", work.out];
  return {
    api,
    run: (...args: string[]) => catwalk(["run", file, ...where, ...args], { env }),
    resume: (stdout: string) => catwalk(["resume", runIn(stdout), ...where], { env }),
    retry: (stdout: string, step: string, ...args: string[]) =>
      catwalk(["retry", runIn(stdout), step, ...where.filter((word) => word !== "--yes"), ...args], { env }),
    url: (path: string) => `${api.url}${path}`,
    report: async () => JSON.parse(await readFile(join(work.out, "run.json"), "utf8")) as unknown,
    kept: async () => (await readdir(work.out)).sort(),
    kite: async () => (await readFile(join(work.out, "kite.jpg"))).equals(fakePicture),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Whatever this machine has set. */
const noProxies = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
    [name, ""],
    [name.toLowerCase(), ""],
  ]),
);

const runIn = (stdout: string) => /^run (\S+) on /m.exec(stdout)?.[1] ?? "";

describe.concurrent("Bytes on their way", cliTimeout, () => {
  test("a web page in place of a picture is not fetched; resume fetches the paid picture and saves it", async () => {
    let isLogin = true;
    await using trial = await openTrial({
      file({ response }) {
        if (isLogin) response.writeHead(200, { "content-type": "text/html" }).end("<html>login</html>");
        return isLogin;
      },
    });
    const first = await trial.run();
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("NOT FETCHED: The server sent a web page instead of an image.");
    expect(await trial.kept()).toEqual(["run.json"]);
    expect(trial.api.count(/GET \/files/)).toBe(5);
    const command = /^ {6}catwalk resume (\S+) --server \S+ --home \S+$/m.exec(first.stdout);
    expect(command?.[1]).toBe(runIn(first.stdout));
    isLogin = false;
    const resumed = await trial.resume(first.stdout);
    expect([resumed.code, await trial.kite()]).toEqual([0, true]);
    expect(resumed.stdout).toContain("done=2");
    expect(trial.api.count(/POST \/image\/generate/)).toBe(1);
  });

  test("a download that breaks off is tried again with a fresh link, and the picture is whole", async () => {
    await using trial = await openTrial({
      file({ response, turn }) {
        if (turn > 2) return false;
        response.writeHead(200, { "content-type": "image/jpeg", "content-length": fakePicture.length });
        response.write(fakePicture.subarray(0, 5000), () => response.destroy());
        return true;
      },
    });
    const { code, stdout } = await trial.run();
    expect([code, stdout]).toEqual([0, expect.stringContaining("done=2")]);
    expect(await trial.kite()).toBe(true);
    expect(trial.api.count(/GET \/files/)).toBe(3);
    expect(trial.api.count(/POST \/image\/generate/)).toBe(1);
  });

  test("a job that the server does not know is told at once, with the reason in events, report and last line", async () => {
    await using trial = await openTrial({
      look(_id, { response }) {
        say(response, 404, { error: { code: "not_found", message: "Job not found" } });
        return {};
      },
    });
    const { code, stdout } = await trial.run("--deadline", "5s");
    expect(code).toBe(3);
    expect(
      stdout.match(/NO ANSWER about the job: The server answered HTTP 404 and said: "Job not found"\./g),
    ).toHaveLength(1);
    expect(stdout.trim().split("\n").at(-1)).toContain(
      '; Generate image: The server answered HTTP 404 and said: "Job not found".',
    );
    expect(await trial.report()).toMatchObject({
      steps: [
        {
          status: "overdue",
          failure: { code: "not_found", message: 'The server answered HTTP 404 and said: "Job not found".' },
        },
        {},
      ],
    });
  });

  test("an output without a link takes nothing from the picture beside it, and is said", async () => {
    await using trial = await openTrial({
      look: (id) => ({
        outputs: [
          { outputKey: "two", media: { mediaId: "linkless" } },
          {
            outputKey: "image",
            media: { mediaId: `media-of-${id}`, url: trial.url(`/files/${id}`), mimeType: "image/jpeg" },
          },
        ],
      }),
    });
    const { code, stdout } = await trial.run();
    expect([code, await trial.kite()]).toEqual([3, true]);
    expect(stdout).toContain("NOT FETCHED: The server lists this result without a link to it.");
    expect(stdout.trim().split("\n").at(-1)).toContain("without a link");
    expect(await trial.report()).toMatchObject({ steps: [{ notFetched: { 1: { code: "no_link" } } }, {}] });
  });

  test("outputs that can never be had take nothing from the picture beside them, and no command is named for them", async () => {
    await using trial = await openTrial({
      look: (id) => ({
        outputs: [
          { media: { mediaId: `media-of-${id}`, url: trial.url(`/files/${id}`), mimeType: "image/jpeg" } },
          { media: { mediaId: "secret", url: "file:///etc/passwd", mimeType: "image/jpeg" } },
          { media: "picture" },
          { media: 5 },
        ],
      }),
    });
    const { code, stdout } = await trial.run();
    expect([code, await trial.kite()]).toEqual([3, true]);
    expect(stdout.match(/result NOT FETCHED: .* not a safe one to fetch from\./g)).toHaveLength(1);
    expect(stdout.match(/2 results NOT FETCHED \(outputs 3, 4\): /g)).toHaveLength(1);
    expect(stdout).toContain(
      "3 of its results cannot be fetched. Catwalk never fetches from such an address.",
    );
    expect(stdout).not.toContain("catwalk resume");
  });

  test("a link that is led to an unsafe place takes nothing from the picture beside it, and is told once", async () => {
    await using trial = await openTrial({
      look: (id) => ({
        outputs: ["astray", id].map((name) => ({
          media: { mediaId: name, url: trial.url(`/files/${name}`), mimeType: "image/jpeg" },
        })),
      }),
      file({ request, response }) {
        if (!request.url?.includes("astray")) return false;
        response.writeHead(302, { location: "http://169.254.169.254/secret" }).end();
        return true;
      },
    });
    const { code, stdout } = await trial.run();
    expect([code, await trial.kite()]).toEqual([3, true]);
    expect(stdout.match(/NOT FETCHED/g)).toHaveLength(1);
    expect(stdout).toContain("one of its results cannot be fetched.");
    expect(trial.api.count(/GET \/files\/astray/)).toBe(1);
  });

  test("hundreds of outputs that cannot be fetched are two lines, few looks and a number at the end", async () => {
    await using trial = await openTrial({
      look: (id) => ({
        outputs: Array.from({ length: 100 }, (_, at) => ({
          media: { mediaId: `media-${at}`, url: trial.url(`/files/${id}-${at}`), mimeType: "image/jpeg" },
        })),
      }),
      file({ response }) {
        response.writeHead(404).end("gone");
        return true;
      },
    });
    const { stdout } = await trial.run();
    expect(stdout.match(/NOT FETCHED/g)?.length).toBeLessThanOrEqual(2);
    expect(stdout).toContain("100 of its results are not here yet.");
    expect(stdout).not.toContain("safe on the server");
    expect(trial.api.count(/GET .*jobs/)).toBeLessThan(80);
    expect(trial.api.count(/GET \/files/)).toBeLessThan(250);
  });

  test("a result that was not fetched is fetched by the next run of the same graph, and not made again", async () => {
    let isGone = true;
    await using trial = await openTrial({
      file({ response }) {
        if (isGone) response.writeHead(404).end("not yet");
        return isGone;
      },
    });
    const first = await trial.run();
    expect([first.code, await trial.kept()]).toEqual([1, ["run.json"]]);
    isGone = false;
    const second = await trial.run();
    expect([second.code, await trial.kite()]).toEqual([0, true]);
    expect(trial.api.count(/POST \/image\/generate/)).toBe(1);
  });

  test("one step of a run is made again by its own command, after a yes to what that costs", async () => {
    await using trial = await openTrial({});
    const first = await trial.run();
    expect(first.code).toBe(0);
    const unasked = await trial.retry(first.stdout, "pic");
    expect([unasked.code, unasked.stderr]).toEqual([3, expect.stringContaining("1 to generate")]);
    expect(trial.api.count(/POST \/image\/generate/)).toBe(1);
    const retried = await trial.retry(first.stdout, "pic", "--yes");
    expect([retried.code, retried.stdout]).toEqual([0, expect.stringContaining("done=2 cached=0")]);
    expect(trial.api.count(/POST \/image\/generate/)).toBe(2);
    const free = await trial.retry(first.stdout, "keep");
    expect([free.code, trial.api.count(/POST \/image\/generate/)]).toEqual([0, 2]);
    const unknown = await trial.retry(first.stdout, "nosuch");
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining("Name one of these: pic, keep."),
    ]);
  });

  test("a render that was cut or damaged is rendered again by the next run, as a deleted one is", async () => {
    await using api = await openFakeApi();
    await using work = await openWorkFolder();
    const file = await work.write(
      "graph.json",
      graphOf(
        [
          nodeOf("photo", "upload", { file: await work.addPhoto() }),
          nodeOf("crop", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" }, via: "local" }),
          nodeOf("keep", "save", { name: "cropped" }),
        ],
        ["photo.out > crop.image_0", "crop.out > keep.in"],
      ),
    );
    const run = async (out: string) => {
      const folder = join(work.path, out);
      const end = await catwalk(
        ["run", file, "--server", api.url, "--yes", "--home", work.home, "--out", folder],
        { env: { CATWALK_API_KEY: freshKey() } },
      );
      expect([end.code, end.stderr]).toEqual([0, expect.any(String)]);
      const [name = ""] = (await readdir(folder)).filter((each) => each.startsWith("cropped"));
      return { last: end.stdout.trim().split("\n").at(-1), bytes: await readFile(join(folder, name)) };
    };
    const first = await run("one");
    const sha256 = createHash("sha256").update(first.bytes).digest("hex");
    const kept = join(work.home, "media", sha256.slice(0, 2), sha256);
    await truncate(kept, first.bytes.length - 500);
    const healed = await run("three");
    expect([healed.last, healed.bytes.equals(first.bytes)]).toEqual([
      expect.stringContaining("cached=1"),
      true,
    ]);
    const damaged = Buffer.from(first.bytes);
    damaged.fill(0, 200, 260);
    await writeFile(kept, damaged);
    const again = await run("four");
    expect([again.last, again.bytes.equals(first.bytes)]).toEqual([
      expect.stringContaining("cached=1"),
      true,
    ]);
  });

  test("a server elsewhere is reached through the proxy of the environment, which is asked few times and whose password is told nowhere", async () => {
    const asked: string[] = [];
    let answer = 403;
    const proxy = createServer();
    proxy.on("connect", ({ url, headers }: IncomingMessage, socket: Socket) => {
      asked.push(`${url} ${headers["proxy-authorization"]}`);
      socket.end(`HTTP/1.1 ${answer} No\r\ncontent-length: 0\r\n\r\n`);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as AddressInfo; // a TCP server that listens has no other kind of address
    try {
      await using work = await openWorkFolder();
      const file = await work.write("graph.json", graph);
      const run = (env: Record<string, string>) =>
        catwalk(["run", file, "--server", "https://api.example.org", "--yes", "--home", work.home], {
          env: { ...noProxies, CATWALK_API_KEY: freshKey(), ...env },
        });
      const through = await run({ HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${port}` });
      expect([through.code, through.stderr]).toEqual([4, expect.stringContaining("answered 403")]);
      expect(asked[0]).toBe(`api.example.org:443 Basic ${Buffer.from("me:hunter2").toString("base64")}`);
      expect(through.stdout + through.stderr).not.toContain("hunter2");
      expect(await filesHolding(work.path, "hunter2")).toEqual([]);
      const before = asked.length;
      const around = await run({ https_proxy: `http://127.0.0.1:${port}`, no_proxy: "example.org" });
      expect([around.code, asked.length]).toEqual([4, before]);

      for (const [status, times, words] of [
        [403, 1, "The proxy does not let the connection through."],
        [407, 1, "The proxy wants a user name and a password."],
        [502, 4, "The proxy does not reach the server."],
      ] as const) {
        asked.length = 0;
        answer = status;
        const end = await run({ HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${port}` });
        expect([end.code, asked.length]).toEqual([4, times]);
        expect(end.stderr).toContain(`${words} (127.0.0.1:${port} answered ${status})`);
        expect(end.stderr).not.toContain("hunter2");
      }
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});
