import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Graph } from "../../src/graph/document/schema.ts";
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

/** Everything that can be found before a run is found before any request, with the node that is meant. */

let sandbox: CliSandbox;
beforeAll(async () => {
  sandbox = await openCliSandbox();
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

const picture = (id = "picture") =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt: "A kite" });

/** What must be refused for a file comes after an upload that is fine: not even that one may be sent. */
const withUpload = (file: object): Graph =>
  graphOf([
    nodeOf("fine", "upload", { file: { ...photo, path: "fine.jpg" } }),
    nodeOf("bad", "upload", { file }),
  ]);

type Case = {
  readonly name: string;
  readonly text: string;
  /** Each is in what is said. */
  readonly says: readonly string[];
  /** Prepares the folder that the graph lies in. */
  readonly prepare?: (folder: string) => Promise<void>;
};

const graphCase = (name: string, graph: Graph, ...says: string[]): Case => ({
  name,
  text: JSON.stringify(graph),
  says,
});
const fileCase = (
  name: string,
  file: object,
  code: string,
  prepare?: (folder: string) => Promise<void>,
): Case => ({
  ...graphCase(name, withUpload({ ...photo, sha256: "1".repeat(64), ...file }), "node bad", code),
  ...(prepare && { prepare }),
});

const valid = JSON.stringify(graphOf([picture()]));
const cases: Case[] = [
  { name: "broken JSON", text: `${valid.slice(0, -1)},,}`, says: ["line 1", "broken-json"] },
  {
    name: "another format",
    text: JSON.stringify({ last_node_id: 1, nodes: [], links: [] }),
    says: ["another-format"],
  },
  {
    name: "a newer version",
    text: valid.replace('"version":1', '"version":99'),
    says: ["version 99", "Update Catwalk", "newer-version"],
  },
  graphCase(
    "an unknown node type",
    graphOf([picture(), nodeOf("hologram", "hologram", { depth: 3 })]),
    "node hologram",
    "unknown-node-type",
  ),
  graphCase(
    "a cycle",
    graphOf(
      [
        nodeOf("one", "edit", { operation: "textOverlay", text: "a" }),
        nodeOf("two", "edit", { operation: "textOverlay", text: "b" }),
      ],
      ["one.out > two.media_0", "two.out > one.media_0"],
    ),
    "node one",
    "cycle",
  ),
  graphCase(
    "a param that is called nearly as one of the node's",
    graphOf([
      nodeOf("slip", "generate", {
        ...picture().data.params,
        promt: "A cat",
      }),
    ]),
    "node slip, promt: There is no param “promt”. Did you mean “prompt”?",
    "unknown-param",
  ),
  graphCase(
    "a missing input",
    graphOf([picture(), nodeOf("post", "publish", { platform: "instagram", accountId: "x" })]),
    "node post, port media",
    "missing-input",
  ),
  graphCase(
    "a wrong port type",
    graphOf(
      [
        nodeOf("words", "prompt", { text: "hello" }),
        nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
      ],
      ["words.out > cut.image_0"],
    ),
    "node cut, port image_0",
    "wrong-port-type",
  ),
  graphCase(
    "a secret in the graph",
    graphOf([nodeOf("leak", "prompt", { text: `use sk_${"0123456789abcdef".repeat(4)}` })]),
    "node leak",
    "secret-in-graph",
  ),
  fileCase("a missing file", { path: "gone.jpg" }, "file-missing"),
  fileCase("a folder in place of the file", { path: "folder.jpg" }, "file-unreadable", async (folder) => {
    await mkdir(join(folder, "folder.jpg"));
  }),
  fileCase("a path out of the folder", { path: "../secret.jpg" }, "file-outside-folder"),
  fileCase("an absolute path", { path: "/etc/hostname" }, "file-outside-folder"),
  fileCase("a link out of the folder", { path: "link.jpg" }, "file-outside-folder", async (folder) => {
    await symlink("/etc/hostname", join(folder, "link.jpg"));
  }),
  fileCase(
    "a file of an unsupported type",
    { path: "notes.jpg" },
    "file-type-unsupported",
    async (folder) => {
      await writeFile(join(folder, "notes.jpg"), "Dear diary, this is no picture at all.");
    },
  ),
];

describe.concurrent("Found before the run", cliTimeout, () => {
  test.each(cases)(
    "$name: exit code 2, the node by its id, and no request",
    async ({ text, says, prepare }) => {
      await using work = await openWorkFolder();
      await work.addPhoto("fine.jpg");
      await prepare?.(work.path);
      const file = await work.write("graph.json", text);
      const key = freshKey();
      const { code, stdout, stderr } = await catwalk(
        ["run", file, "--server", sandbox.url, "--yes", "--publish", "--home", work.home, "--out", work.out],
        { env: { CATWALK_API_KEY: key } },
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      for (const words of says) expect(stderr).toContain(words);
      // Each thing is said once.
      const said = stderr.match(/\([a-z-]+\)$/gm) ?? [];
      expect(said).toEqual([...new Set(said)]);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stderr).not.toContain("sk_0123");
      expect(await sandbox.requests(key)).toEqual([]);
    },
  );

  test("`validate` says all of it at once, without a server and without a run", async () => {
    await using work = await openWorkFolder();
    const graph = graphOf([
      nodeOf("hologram", "hologram"),
      nodeOf("post", "publish", { platform: "instagram", accountId: "x" }),
      nodeOf("bad", "upload", { file: { ...photo, path: "gone.jpg" } }),
    ]);
    const file = await work.write("graph.json", graph);
    const bad = await catwalk(["validate", file, "--home", work.home]);
    expect(bad).toMatchObject({ code: 2, stderr: "" });
    for (const words of ["node hologram", "node post, port media", "node bad, file: "])
      expect(bad.stdout).toContain(words);
    const asJson = JSON.parse((await catwalk(["validate", file, "--json", "--home", work.home])).stdout);
    expect(asJson).toHaveLength(bad.stdout.trim().split("\n").length);
    const good = await catwalk(["validate", await work.write("good.json", valid), "--home", work.home]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("ready to run, 1 node") });
  });

  test.runIf(process.getuid?.() !== 0)(
    "A file that may not be read (skipped for root, who may)",
    async () => {
      await using work = await openWorkFolder();
      const file = await work.addPhoto("locked.jpg");
      await chmod(join(work.path, "locked.jpg"), 0);
      const graph = await work.write("graph.json", graphOf([nodeOf("bad", "upload", { file })]));
      const { code, stderr } = await catwalk(["run", graph, "--home", work.home]);
      expect(code).toBe(2);
      expect(stderr).toContain("node bad, file: ");
      expect(stderr).toContain("file-unreadable");
    },
  );

  test("--set: a slip in what only the server can judge is refused once it has said what it knows", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const file = await work.write("graph.json", valid);
    const { code, stderr } = await catwalk(
      [
        ...["run", file, "--server", sandbox.url, "--yes", "--home", work.home, "--out", work.out],
        ...["--set", "picture.modelParams.seed=3", "--set", "picture.modelParams.resolutoin=2K"],
      ],
      { env: { CATWALK_API_KEY: key } },
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("Did you mean picture.modelParams.resolution?"),
    ]);
    expect(await sandbox.made(key)).toEqual([]);
  });

  test("many params that there are not are one line with their count and the names there are", async () => {
    await using work = await openWorkFolder();
    const strange = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`zoetrope${at}`, at]));
    const file = await work.write(
      "graph.json",
      graphOf([nodeOf("picture", "generate", { ...picture().data.params, ...strange })]),
    );
    const { code, stdout } = await catwalk(["validate", file, "--home", work.home]);
    const told = stdout.split("\n").filter((line) => line.includes("zoetrope"));
    expect([code, told]).toEqual([
      0,
      [expect.stringMatching(/ and 37 more\. It has family, model, prompt.*40 times\)$/)],
    ]);
  });

  test("a param that nothing is called like is kept, said and stops nothing", async () => {
    await using work = await openWorkFolder();
    const strange = nodeOf("picture", "generate", { ...picture().data.params, zoetrope: { a: 1 } });
    const file = await work.write("graph.json", graphOf([strange]));
    const { code, stdout } = await catwalk(["validate", file, "--home", work.home]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("warning: node picture, zoetrope: There is no param"),
    ]);
  });

  test("An account that the server does not know is found before the first create", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const graph = graphOf(
      [
        nodeOf("photo", "upload", { file: await work.addPhoto() }),
        nodeOf("post", "publish", { platform: "instagram", accountId: "nobody" }),
      ],
      ["photo.out > post.media"],
    );
    const { code, stderr } = await catwalk(
      [
        ...["run", await work.write("graph.json", graph), "--server", sandbox.url, "--yes", "--publish"],
        ...["--home", work.home, "--out", work.out],
      ],
      { env: { CATWALK_API_KEY: key } },
    );
    expect(code).toBe(2);
    expect(stderr).toContain("node post, accountId");
    expect(await sandbox.made(key)).toEqual([]);
  });

  test("A node of an unknown type, and what nobody knows beside it, is exported as it was", async () => {
    await using work = await openWorkFolder();
    const strange = {
      ...nodeOf("hologram", "hologram", { depth: 3, nested: { list: [1, null, "two"] } }),
      fromTheFuture: { a: 1 },
    };
    const graph = { ...graphOf([picture(), strange]), alsoNew: [true] };
    const file = await work.write("graph.json", graph);
    const { code, stdout } = await catwalk(["export", file, "--with-media", work.out, "--home", work.home]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("with 0 files") });
    const [exported = ""] = (await readdir(work.out)).filter((name) => name.endsWith(".json"));
    const saved = JSON.parse(await readFile(join(work.out, exported), "utf8"));
    expect(saved.nodes.find((node: { id: string }) => node.id === "hologram")).toEqual(strange);
    expect(saved.alsoNew).toEqual([true]);
  });
});

describe.concurrent("- is a graph from standard input", cliTimeout, () => {
  test("it runs, is validated and exported as from a file, with relative files in the working folder", async () => {
    await using work = await openWorkFolder();
    const file = await work.addPhoto("here.jpg");
    const input = JSON.stringify(graphOf([nodeOf("photo", "upload", { file })]));
    const line = async (...args: string[]) =>
      await catwalk([...args, "--home", work.home], { cwd: work.path, input });
    const ran = await line("run", "-", "--out", work.out);
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("steps=1 done=1")]);
    const checked = await line("validate", "-");
    expect(checked).toMatchObject({ code: 0, stdout: "standard input: ready to run, 1 node\n" });
    const exported = await line("export", "-", "--with-media", join(work.path, "exported"));
    expect([exported.code, exported.stdout]).toEqual([0, expect.stringContaining("with 1 file")]);
  });

  test("what is wrong with it is said of standard input, and nothing is run", async () => {
    const ends = ["", "{", '{"nodes":[]}'].map((input) => catwalk(["validate", "-"], { input }));
    for (const { code, stderr } of await Promise.all(ends))
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^standard input: /)]);
  });

  test("on a server that costs money the yes cannot be typed there, which is said", async () => {
    await using work = await openWorkFolder();
    const key = freshKey();
    const line = ["run", "-", "--server", sandbox.url, "--home", work.home, "--out", work.out];
    const options = { input: valid, env: { CATWALK_API_KEY: key } };
    const asked = await catwalk(line, options);
    expect([asked.code, asked.stderr]).toEqual([3, expect.stringContaining("no yes can be typed there")]);
    expect(await sandbox.made(key)).toEqual([]);
    expect((await catwalk([...line, "--yes"], options)).code).toBe(0);
  });
});

describe.concurrent("Bad usage ends with 2 and a sentence", cliTimeout, () => {
  const usage: readonly (readonly [args: readonly string[], says: string])[] = [
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["run"], "missing required argument 'graph'"],
    [["run", "missing.json"], "missing.json: there is no such file."],
    [["run", "/"], "/: it cannot be read."],
    [["run", "GRAPH", "--sudo"], "unknown option '--sudo'"],
    [["run", "GRAPH", "--server", "somewhere"], '--server somewhere: say "sandbox", "live"'],
    [["run", "GRAPH", "--server", "http://example.com"], "plain http"],
    [["run", "GRAPH", "--set", "picture"], "write it as NODE.PARAM=VALUE"],
    [["run", "GRAPH", "--set", "nobody.prompt=x"], "Its nodes are: picture"],
    [["run", "GRAPH", "--set", "picture.model=5"], "node picture, model"],
    [["run", "GRAPH", "--set", "picture.promt=A cat", "--dry-run"], "Did you mean picture.prompt?"],
    [
      ["run", "GRAPH", "--set", "picture.modelParams.aspectratio=1:1", "--dry-run"],
      "Did you mean picture.modelParams.aspectRatio?",
    ],
    [
      ["run", "GRAPH", "--set", "picture.resolution=4K", "--dry-run"],
      "Did you mean picture.modelParams.resolution?",
    ],
    [["run", "GRAPH", "--to", "nobody"], "Its nodes are: picture"],
    [["run", "GRAPH", "--deadline", "soon"], "--deadline"],
    [["run", "GRAPH", "--speed", "fast"], "--speed"],
    [["run", "GRAPH", "--faults", "missing.json"], "cannot read missing.json"],
    [["run", "GRAPH", "--set", "picture=x"], "give NODE.PARAM=VALUE, such as picture.prompt=x."],
    [["run", "GRAPH", "--out", "GRAPH"], "graph.json is a file, not a folder. Choose another folder"],
    [["run", "GRAPH", "--out", "graph.json/below"], "graph.json is a file, not a folder. Choose another"],
    [["run", "GRAPH", "--out", "/proc/x"], "Results cannot be kept in /proc/x: "],
    [["resume", "some-run", "--publish"], "--publish belongs to catwalk run"],
    [["retry", "some-run", "step", "--publish"], "catwalk runs graph some-run > graph.json && catwalk run"],
    [["export", "GRAPH"], "--with-media"],
    [["sandbox", "--port", "99999"], "--port"],
    [["sandbox", "--faults", "GRAPH"], "is no faults file"],
  ];
  test.each(usage)("catwalk %j", async (args, says) => {
    await using work = await openWorkFolder();
    const graph = await work.write("graph.json", valid);
    const { code, stdout, stderr } = await catwalk(
      args.map((arg) => (arg === "GRAPH" ? graph : arg)),
      { cwd: work.path, env: { CATWALK_HOME: work.home, CATWALK_API_KEY: freshKey() } },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
