import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import {
  type CliSandbox,
  catwalk,
  cliTimeout,
  freshKey,
  openCliSandbox,
  openWorkFolder,
  photo,
} from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** Spending is deliberate, a post goes out once, and what belongs to one account stays there. */

let sandbox: CliSandbox;
beforeAll(async () => {
  const rules = [
    { match: { kind: "publish", promptIncludes: "[lost]" }, nth: 1, fault: { type: "resetAfter" } },
    { match: { kind: "publish", promptIncludes: "[endless]" }, fault: { type: "stuck" } },
  ];
  sandbox = await openCliSandbox({ faults: { rules } });
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

const accountId = sandboxAccounts[0]?.accountId ?? "";
const publish = (caption = "Up") => nodeOf("post", "publish", { platform: "instagram", accountId, caption });
const picture = nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A kite" });
const pictureAndPost = graphOf([picture, publish()], ["picture.out > post.media"]);
/** The same bytes each time, so that posting them again is posting the same. */
const photoAndPost = (caption?: string) =>
  graphOf(
    [nodeOf("photo", "upload", { file: { ...photo, path: "photo.jpg" } }), publish(caption)],
    ["photo.out > post.media"],
  );

describe.concurrent("Dry run", cliTimeout, () => {
  test("--dry-run says what would run, cost and take against a budget, and makes nothing", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", pictureAndPost);
    const dry = (...more: string[]) =>
      catwalk(["run", file, "--server", sandbox.url, "--home", work.home, "--dry-run", ...more], {
        env: { CATWALK_API_KEY: key },
      });
    const fits = await dry("--budget", "1.50");
    expect(fits.code).toBe(0);
    expect(fits.stdout).toMatch(/^Dry run on 127\.0\.0\.1:\d+\. Nothing was sent\./);
    expect(fits.stdout).toContain("Jobs: 1 to generate, 0 edits, 0 uploads, 1 post.");
    expect(fits.stdout).toContain("Budget: $1.50, by estimates. This run fits.");
    expect(fits.stdout).toContain("Time: not known yet");

    const over = await dry("--budget", "0.000001", "--fresh");
    expect(over.code).toBe(3);
    expect(over.stdout).toContain("This run would go over it.");

    const json = await dry("--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      nodes: [
        { nodeId: "picture", steps: 1 },
        { nodeId: "post", steps: 1 },
      ],
      time: { p50Ms: 0, p90Ms: 0 },
    });
    expect(json.stdout.trim()).not.toContain("\n");
    expect(json.stdout).not.toContain("consent");

    const wrong = await dry("--budget", "a lot");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("Give an amount of dollars");
    const sent = (await sandbox.requests(key)).filter(({ path }) => /generate|upload|publish\//.test(path));
    expect(sent).toEqual([]);
  });

  test("--budget sends no job that would go above it; --fresh makes anew what a plain run takes from before", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", graphOf([picture], []));
    const made = async () =>
      (await sandbox.requests(key)).filter(({ path }) => /image\/generate/.test(path)).length;
    const run = (...more: string[]) =>
      catwalk(
        ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out, ...more],
        {
          env: { CATWALK_API_KEY: key },
        },
      );
    const over = await run("--budget", "0.000001");
    expect([over.code, await made()]).toEqual([1, 0]);
    expect(over.stdout).toContain("budget");
    expect([(await run("--budget", "1")).code, await made()]).toEqual([0, 1]);
    const again = await run();
    expect([again.code, await made()]).toEqual([0, 1]);
    expect(again.stdout).toContain("cached=1");
    expect([(await run("--fresh")).code, await made()]).toEqual([0, 2]);
  });
});

describe.concurrent("Consent", cliTimeout, () => {
  test("Without --server everything goes to the built-in sandbox, whatever the environment holds", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", pictureAndPost);
    const { code, stdout } = await catwalk(
      ["run", file, "--speed", "max", "--home", work.home, "--out", work.out],
      {
        env: {
          CATWALK_API_KEY: key,
          WONDA_API_KEY: key,
          ...{ CATWALK_SERVER: sandbox.url, CATWALK_BASE_URL: sandbox.url, WONDA_BASE_URL: sandbox.url },
          ...{ WONDA_API_URL: sandbox.url, WONDERCAT_API_URL: sandbox.url },
        },
      },
    );
    expect(code).toBe(0);
    expect(stdout).toContain("on Sandbox");
    expect(await sandbox.requests(key)).toEqual([]);
    expect(await readdir(join(work.home, "sandbox", "posts"))).toHaveLength(1);
  });

  test("A named server is told with jobs, cost and posts, and without a yes nothing is made", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", pictureAndPost);
    const { code, stdout, stderr } = await catwalk(
      ["run", file, "--server", sandbox.url, "--publish", "--home", work.home, "--out", work.out],
      { env: { WONDA_API_KEY: key } },
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(`Server: ${new URL(sandbox.url).host}.`);
    expect(stderr).toContain("Jobs: 1 to generate, 0 edits, 0 uploads, 1 post.");
    expect(stderr).toContain("Estimated cost: less than $0.01. It is an estimate");
    expect(stderr).toContain('Post to instagram as catwalk.studio: "Up"');
    expect(stderr).toContain("Nothing was run. Add --yes");
    expect(await sandbox.made(key)).toEqual([]);
    expect(await readdir(work.path)).not.toContain("out");
  });

  test("--yes makes the jobs, but only --publish posts", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", pictureAndPost);
    const args = ["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out];
    const unpublished = await catwalk(args, { env: { CATWALK_API_KEY: key } });
    expect(unpublished.code).toBe(3);
    expect(unpublished.stderr).toContain("Not posted without --publish: instagram as catwalk.studio");
    expect(unpublished.stdout).toContain("skipped: publishing needs --publish");
    expect(unpublished.stdout).toMatch(
      /: needs you; steps=2 done=1 cached=0 failed=0 skipped=1 inDoubt=0\n$/,
    );
    expect(await sandbox.made(key)).toEqual(["POST /image/generate"]);

    const published = await catwalk([...args, "--publish"], { env: { CATWALK_API_KEY: key } });
    expect(published.code).toBe(0);
    // The picture is there already.
    expect(published.stdout).toContain("done (cached)");
    expect(await sandbox.made(key)).toEqual(["POST /image/generate", "POST /publish/instagram"]);
  });
});

describe.concurrent("A post goes out once", cliTimeout, () => {
  test("The same media to the same account waits for a person, whatever the caption", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto();
    const key = freshKey();
    const post = async (caption: string) =>
      await catwalk(
        [
          ...["run", await work.write("graph.json", photoAndPost(caption)), "--server", sandbox.url],
          ...["--yes", "--publish", "--home", work.home, "--out", work.out],
        ],
        { env: { CATWALK_API_KEY: key } },
      );
    const posts = async () => (await sandbox.made(key)).filter((line) => line.includes("publish"));
    expect((await post("First")).code).toBe(0);
    expect(await posts()).toHaveLength(1);
    for (const caption of ["First", "Second"]) {
      const again = await post(caption);
      expect(again.code).toBe(3);
      expect(again.stdout).toContain("waiting for approval: instagram as catwalk.studio");
      expect(again.stdout).toContain("the same media was sent there before");
      expect(again.stderr).toContain("asks first, as the same media went out there");
      expect(again.stdout).toMatch(/: needs you; /);
    }
    expect(await posts()).toHaveLength(1);
  });

  test.each([
    ["[lost]", "IN DOUBT", "Nobody can say whether the post went out."],
    ["[endless]", "OUTCOME UNKNOWN", "look at the account itself before you post again"],
  ])("A post of which nobody knows %s is not sent again by the flag", async (caption, state, says) => {
    await using work = await openWorkFolder();
    await work.addPhoto();
    const key = freshKey();
    const post = async () =>
      await catwalk(
        [
          ...["run", await work.write("graph.json", photoAndPost(caption)), "--server", sandbox.url],
          ...["--yes", "--publish", "--deadline", "2s", "--home", work.home, "--out", work.out],
        ],
        { env: { CATWALK_API_KEY: key } },
      );
    const first = await post();
    expect(first.code).toBe(3);
    const line = first.stdout.split("\n").find((each) => each.includes(state));
    expect(line).toContain(says);
    const second = await post();
    expect(second.code).toBe(3);
    expect(second.stdout).toContain("waiting for approval");
    expect((await sandbox.made(key)).filter((each) => each.includes("publish"))).toHaveLength(1);
  });
});

describe.concurrent("Scopes", cliTimeout, () => {
  test("One graph on two sandboxes and with two keys: no foreign id in either log", async () => {
    await using other = await openCliSandbox();
    await using work = await openWorkFolder();
    await work.addPhoto();
    const graph = graphOf(
      [nodeOf("photo", "upload", { file: { ...photo, path: "photo.jpg" } }), picture, publish()],
      ["photo.out > picture.reference_images", "picture.out > post.media"],
    );
    const file = await work.write("graph.json", graph);
    const [a, b] = [freshKey(), freshKey()];
    const scopes = [
      { server: sandbox, key: a },
      { server: sandbox, key: b },
      { server: other, key: a },
    ];
    const ids: Set<string>[] = [];
    for (const { server, key } of scopes) {
      const { code, stdout } = await catwalk(
        [
          ...["run", file, "--server", server.url, "--yes", "--publish", "--json"],
          ...["--home", work.home, "--out", work.out],
        ],
        { env: { CATWALK_API_KEY: key } },
      );
      expect(code).toBe(0);
      // What the server named: media and jobs. Run and graph ids never leave the machine.
      ids.push(new Set([...stdout.matchAll(/"(?:mediaId|id)":"([^"]+)"/g)].map(([, id]) => id ?? "")));
    }
    for (const [index, { server, key }] of scopes.entries()) {
      const log = JSON.stringify(await server.requests(key));
      expect(await server.made(key)).toEqual([
        ...["POST /media/upload", "POST /image/generate", "POST /publish/instagram"],
      ]);
      const seen = ids.map((set) => [...set].filter((id) => log.includes(id)).length);
      expect(seen[index]).toBeGreaterThanOrEqual(3);
      expect(seen.filter((_, other) => other !== index)).toEqual([0, 0]);
    }
  });

  test("A picture that a sandbox made goes to no other server, as a file and from the library", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const made = await catwalk([
      "run",
      await work.write("make.json", graphOf([picture])),
      "--speed",
      "max",
      "--home",
      work.home,
      "--out",
      work.out,
    ]);
    expect(made.code).toBe(0);
    const report = JSON.parse(await readFile(join(work.out, "run.json"), "utf8"));
    const { file: name, sha256, sizeBytes, mimeType } = report.steps[0].outputs[0];
    const file = { name, sha256, sizeBytes: sizeBytes ?? 1, mimeType, kind: "image" };
    for (const [upload, home] of [
      // Beside the graph, on a machine that remembers nothing.
      [{ ...file, path: `out/${name}` }, join(work.path, "another-home")],
      // Without the file, from the library that it was made in.
      [file, work.home],
    ] as const) {
      const graph = await work.write("send.json", graphOf([nodeOf("photo", "upload", { file: upload })]));
      const { code, stdout } = await catwalk(
        ["run", graph, "--server", sandbox.url, "--yes", "--home", home, "--out", join(work.path, "sent")],
        { env: { CATWALK_API_KEY: key } },
      );
      expect(code).toBe(1);
      expect(stdout).toContain("This media was made by the sandbox, and goes to no other server.");
      expect(stdout).toContain("nothing was charged");
    }
    expect(await sandbox.made(key)).toEqual([]);
  });
});
