import { mkdir, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseGraph } from "../../src/graph/parse.ts";
import { catwalk, cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { examplesFolder } from "../support/studio.ts";

/** Rows from files on the command line. */

const batch = join(examplesFolder, "batch.json");
const table = (columns: readonly { name: string; type: string }[] = [], id = "t") =>
  nodeOf(id, "table", { columns, rows: [] });
const named = nodeOf("keep", "save", { name: "{{name}}" });
const written = nodeOf("words", "prompt", { text: "About {{subject}}." });

describe.concurrent("catwalk run --table", cliTimeout, () => {
  test("the batch example makes a picture for each row of its CSV, named by a column", async () => {
    await using work = await openWorkFolder();
    const rows = join(examplesFolder, "batch.csv");
    const args = ["--speed", "max", "--home", work.home, "--out", work.out];
    const { code, stdout, stderr } = await catwalk(["run", batch, "--table", rows, ...args]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("4 rows into Products.")]);
    expect(stdout).toMatch(/Product picture · candle\s+done/);
    expect(stdout).toMatch(/steps=9 done=9 cached=0 failed=0/);
    const files = (await readdir(work.out)).filter((name) => name !== "run.json").sort();
    expect(files.map((name) => name.replace(/\.\w+$/, ""))).toEqual(["candle", "comb", "serum", "soap"]);
  });

  test("a column of keys with doubles is named with its values, and the rows are numbered", async () => {
    await using work = await openWorkFolder();
    const graph = await work.write("graph.json", graphOf([table(), written]));
    const rows = await work.write("rows.csv", "id,subject\na,one\na,two\nc,three\n");
    const { code, stderr } = await catwalk(["run", graph, "--table", rows, "--dry-run", "--home", work.home]);
    expect(code).toBe(0);
    expect(stderr).toContain("Warning: “id” has “a” more than once, so rows are known by numbers.");
  });

  test("a name without a column gets the row's key, so that no file is written over another", async () => {
    await using work = await openWorkFolder();
    const keep = nodeOf("keep", "save", { name: "words" });
    const graph = await work.write(
      "graph.json",
      graphOf([table(), written, keep], ["words.out > keep.text"]),
    );
    const rows = await work.write("rows.json", JSON.stringify([{ subject: "a" }, { subject: "b" }]));
    const args = ["--table", `t=${rows}`, "--home", work.home, "--out", work.out];
    const { code } = await catwalk(["run", graph, ...args]);
    expect(code).toBe(0);
    const text = async (name: string) => await readFile(join(work.out, name), "utf8");
    expect([await text("words 1.txt"), await text("words 2.txt")]).toEqual(["About a.", "About b."]);
  });

  test("cells name files beside the CSV; a folder is a row for each of its files", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("photos/one.jpg");
    await work.addPhoto("photos/two.jpg");
    const crop = nodeOf("crop", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } });
    const image = [{ name: "image", type: "image" }];
    const graph = await work.write(
      "graph.json",
      graphOf(
        [table(image), crop, nodeOf("keep", "save", { name: "{{name}}" })],
        [{ ...edge("t", "column:image", "crop", "image_0") }, { ...edge("crop", "out", "keep", "in") }],
      ),
    );
    const rows = await work.write("rows.csv", "image,name\nphotos/one.jpg,first\n./photos/two.jpg,second\n");
    const run = async (from: string, out: string) => {
      const args = ["--table", from, "--home", work.home, "--out", join(work.path, out)];
      const { code, stderr } = await catwalk(["run", graph, ...args]);
      expect([code, stderr]).toEqual([0, expect.stringContaining("2 rows into t.")]);
      return (await readdir(join(work.path, out))).filter((name) => name !== "run.json").sort();
    };
    expect(await run(rows, "out-csv")).toEqual(["first.jpg", "second.jpg"]);
    expect(await run(join(work.path, "photos"), "out-folder")).toEqual(["one.jpg", "two.jpg"]);
  });

  test("a file outside the table's folder, a missing one and a text that is none stop it before anything runs", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("secret.jpg");
    await mkdir(join(work.path, "tables"));
    await symlink(join(work.path, "secret.jpg"), join(work.path, "tables", "link.jpg"));
    await work.write("tables/fake.jpg", "no picture");
    const graph = await work.write("graph.json", graphOf([table([{ name: "photo", type: "image" }]), named]));
    const names = ["../secret.jpg", "link.jpg", "gone.jpg", "fake.jpg", "/etc/passwd.jpg"];
    const rows = await work.write("tables/rows.csv", ["photo", ...names].join("\n"));
    const { code, stdout, stderr } = await catwalk(["run", graph, "--table", rows, "--home", work.home]);
    expect([code, stdout]).toEqual([2, ""]);
    const lines = stderr.split("\n").map((line) => line.replace(`${rows}, `, ""));
    expect(lines.slice(0, 6)).toEqual([
      expect.stringMatching(/^line 2: The file “..\/secret.jpg” lies outside/),
      expect.stringMatching(/^line 3: The file “link.jpg” lies outside/),
      expect.stringMatching(/^line 4: The file “gone.jpg” is not there/),
      expect.stringMatching(/^line 5: “fake.jpg” is not a file that can be uploaded/),
      expect.stringMatching(/^line 6: The file “\/etc\/passwd.jpg” lies outside/),
      "Nothing was run.",
    ]);
  });

  test("rows that cannot be read say where and what, and run nothing", async () => {
    await using work = await openWorkFolder();
    const graph = await work.write("graph.json", graphOf([table(), written]));
    const rows = await work.write("rows.csv", "a,b\n1\n");
    const { code, stderr } = await catwalk(["run", graph, "--table", rows, "--home", work.home]);
    const fault = "rows.csv, line 2: It has 1 field, but the header has 2.";
    expect([code, stderr]).toEqual([2, expect.stringContaining(fault)]);
  });

  test("which table is meant must be sayable", async () => {
    await using work = await openWorkFolder();
    const none = await work.write("none.json", graphOf([written]));
    const two = await work.write("two.json", graphOf([table([], "a"), table([], "b")]));
    const home = ["--home", work.home];
    expect((await catwalk(["run", none, "--table", "r.csv", ...home])).stderr).toContain("has no table");
    const asked = await catwalk(["run", two, "--table", "r.csv", ...home]);
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("Say which as NODE=FILE: a, b.")]);
    const gone = await catwalk(["run", two, "--table", "b=r.csv", ...home], { cwd: work.path });
    expect(gone.stderr).toContain("There is no such file or folder.");
  });

  test("export --with-media takes the files of a table along, and the folder runs elsewhere", async () => {
    await using work = await openWorkFolder();
    const photo = await work.addPhoto("photo.jpg");
    const columns = [{ name: "image", type: "image" }];
    const rows = [
      { key: "a", cells: { image: photo } },
      { key: "b", cells: { image: photo } },
    ];
    const graph = await work.write("graph.json", graphOf([nodeOf("t", "table", { columns, rows })]));
    const folder = join(work.path, "exported");
    const { code, stdout } = await catwalk(["export", graph, "--with-media", folder, "--home", work.home]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("with 1 file")]);
    await rm(work.home, { recursive: true });
    await rm(join(work.path, "photo.jpg"));
    const exported = parseGraph(await readFile(join(folder, "A test.json"), "utf8"));
    if (!exported.ok) throw new Error(exported.reason.message);
    expect(exported.graph.nodes[0]?.data.params["rows"]).toMatchObject([
      { key: "a", cells: { image: { path: "media/photo.jpg" } } },
      { key: "b", cells: { image: { path: "media/photo.jpg" } } },
    ]);
    const checked = await catwalk(["validate", join(folder, "A test.json"), "--home", work.home]);
    expect([checked.code, checked.stdout + checked.stderr]).toEqual([
      0,
      expect.not.stringContaining("error"),
    ]);
  });
});

function edge(source: string, sourceHandle: string, target: string, targetHandle: string) {
  return { id: `${source}-${target}`, source, sourceHandle, target, targetHandle };
}
