import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { parseGraph } from "../../src/graph/document/parse.ts";
import { catwalk, cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { said } from "../support/in-english.ts";
import { examplesFolder } from "../support/studio.ts";

/** Rows from files on the command line. */

const batch = join(examplesFolder, "batch.json");
const table = (columns: readonly { name: string; type: string }[] = [], id = "t") =>
  nodeOf(id, "table", { columns, rows: [] });
const named = nodeOf("keep", "save", { name: "{{name}}" });
const written = nodeOf("words", "prompt", { text: "About {{subject}}." });

/** A tenth of a second of sound. */
function tone(): Buffer {
  const samples = Buffer.alloc(1600, 100);
  const head = Buffer.alloc(44);
  head.write("RIFF");
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    head.writeUInt16LE(value, at);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

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

  test("a cell may have backslashes or the whole path of a file of the folder; a web address is called one", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("sub/a.jpg");
    const graph = await work.write("graph.json", cropped("photo", [{ name: "photo", type: "image" }]));
    const rows = async (...cells: string[]) => {
      const file = await work.write(
        "rows.csv",
        ["photo,name", ...cells.map((cell, at) => `${cell},n${at}`)].join("\n"),
      );
      return await catwalk(["run", graph, "--table", file, "--dry-run", "--home", work.home]);
    };
    const good = await rows("sub\\a.jpg", ".\\sub\\a.jpg", join(work.path, "sub", "a.jpg"), "sub/a.jpg");
    expect([good.code, good.stderr]).toEqual([0, expect.stringContaining("4 rows into t.")]);
    const bad = await rows(
      "https://example.org/a.jpg",
      "C:\\photos\\a.jpg",
      "..\\a.jpg",
      "~/a.jpg",
      "a:b.jpg",
    );
    expect(bad.code).toBe(2);
    expect(bad.stderr.match(/(?<=line \d: ).*/g)).toEqual([
      expect.stringContaining("is a web address; only files of the folder are taken."),
      expect.stringContaining("lies outside the folder of the table."),
      expect.stringContaining("lies outside the folder of the table."),
      expect.stringContaining("The path starts with ~"),
      expect.stringContaining("The path holds a colon"),
    ]);
  });

  test("a column of the names that results are wanted under is taken as words, beside one of files", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("a.jpg");
    const keep = nodeOf("keep", "save", { name: "{{wanted}}" });
    const graph = await work.write(
      "graph.json",
      graphOf([table(), keep, written], ["words.out > keep.text"]),
    );
    const rows = await work.write(
      "rows.csv",
      "photo,wanted,subject\na.jpg,hero.jpg,a kite\na.jpg,side.jpg,a ship\n",
    );
    const { code, stderr } = await catwalk([
      "run",
      graph,
      "--table",
      rows,
      "--home",
      work.home,
      "--out",
      work.out,
    ]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("“wanted” names files of which none is there"),
    ]);
    expect(stderr).not.toContain("“photo” names");
    expect((await readdir(work.out)).sort()).toEqual(["hero.jpg.txt", "run.json", "side.jpg.txt"]);
  });

  test("lines of nothing but separators are no rows, and the others keep their keys", async () => {
    await using work = await openWorkFolder();
    const graph = await work.write("graph.json", graphOf([table(), written]));
    const csv = ",,\nid,subject,note\nserum,a bottle,x\n,,\n , \t, \n,,,,\ncandle,a candle,y\n";
    const rows = await work.write("rows.csv", csv);
    const out = ["--home", work.home, "--out", work.out];
    const { code, stdout, stderr } = await catwalk(["run", graph, "--table", rows, ...out]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("3 lines with nothing in them were left out."),
    ]);
    expect(stdout).toContain("steps=3 done=3");
    expect(stdout).toContain("· serum");
    const json = await work.write("rows.json", JSON.stringify([{ subject: "a" }, { subject: " " }, {}]));
    const again = await catwalk(["run", graph, "--table", json, "--dry-run", ...out]);
    expect(again.stderr).toContain("1 row into t.");
    const nothing = await work.write("none.csv", "a,b\n,\n , \n");
    expect((await catwalk(["run", graph, "--table", nothing, ...out])).stderr).toContain("no row under it");
  });

  test("a folder brings what is in its folders, too; a format that is not taken is called by its name", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("photos/a.jpg");
    await work.addPhoto("photos/c.JFIF");
    await work.addPhoto("photos/monday/b.jpg");
    await work.addPhoto("photos/.trash/d.jpg");
    await work.addPhoto("elsewhere/e.jpg");
    await symlink(join(work.path, "elsewhere"), join(work.path, "photos", "linked"));
    await work.write("photos/IMG_1.HEIC", "not looked at");
    await work.write("photos/notes.doc", "not looked at");
    for (const name of ["IMG_2.HEIC", ".cache", ".git", ".idea", ".old"])
      await work.write(`photos/${name}`, "not looked at");
    await symlink(join(work.path, "elsewhere"), join(work.path, "photos", "other"));
    const graph = await work.write("graph.json", cropped("image", [{ name: "image", type: "image" }]));
    const home = ["--home", work.home];
    const { code, stderr } = await catwalk([
      "run",
      graph,
      "--table",
      join(work.path, "photos"),
      "--dry-run",
      ...home,
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain("3 rows into t.");
    expect(stderr).toContain("1 file from the folder monday/ in it.");
    expect(stderr).toContain(
      "2 files (IMG_1.HEIC, IMG_2.HEIC): It is a HEIC picture, a kind that is not taken. Save it as JPEG.",
    );
    expect(stderr).toContain("notes.doc: It is no picture, video or sound that is taken.");
    expect(stderr).toContain("2 links to folders not taken: linked, other. Put the folder itself there.");
    expect(stderr).toContain(
      "5 hidden and not taken: .cache, .git, .idea and 2 more. Rename what you want in the table.",
    );
    await writeFile(join(work.path, "photos", "monday", "bell.wav"), tone());
    const mixed = await catwalk(["run", graph, "--table", join(work.path, "photos"), "--dry-run", ...home]);
    expect([mixed.code, mixed.stderr]).toEqual([
      2,
      expect.stringContaining("several kinds: image (a.jpg, c.JFIF, monday/b.jpg); audio (monday/bell.wav)."),
    ]);
  });

  test("a dry run counts the files of cells that have to be sent, each once", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("a.jpg");
    const picture = nodeOf("pic", "generate", {
      family: "image",
      model: "nano-banana-2",
      prompt: "{{word}}",
    });
    const graph = await work.write(
      "graph.json",
      graphOf(
        [table([{ name: "photo", type: "image" }]), picture],
        [edge("t", "column:photo", "pic", "reference_images")],
      ),
    );
    const rows = await work.write("rows.csv", "photo,word\na.jpg,one\na.jpg,two\n");
    const line = ["run", graph, "--table", rows, "--home", work.home];
    const before = await catwalk([...line, "--dry-run"]);
    expect(before.stdout).toContain("Jobs: 2 to generate, 0 edits, 1 upload, 0 posts.");
    expect((await catwalk([...line, "--speed", "max", "--out", work.out])).code).toBe(0);
    const after = await catwalk([...line, "--dry-run", "--fresh"]);
    expect(after.stdout).toContain("Jobs: 2 to generate, 0 edits, 0 uploads, 0 posts.");
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
    if (!exported.ok) throw new Error(said(exported.reason.message));
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

/** A crop of each picture in the column. */
function cropped(column: string, columns: readonly { name: string; type: string }[]) {
  const crop = nodeOf("crop", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } });
  return graphOf([table(columns), crop], [edge("t", `column:${column}`, "crop", "image_0")]);
}

function edge(source: string, sourceHandle: string, target: string, targetHandle: string) {
  return { id: `${source}-${target}`, source, sourceHandle, target, targetHandle };
}
