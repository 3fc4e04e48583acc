import { chmod, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cliTimeout, openWorkFolder, runWithoutRights } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** Files of the person's that cannot be read, or should not be. */

const table = nodeOf("t", "table", { columns: [{ name: "photo", type: "image" }], rows: [] });
const named = nodeOf("keep", "save", { name: "{{name}}" });
const written = nodeOf("words", "prompt", { text: "About {{name}}." });
const kept = graphOf([table, written, named], ["words.out > keep.text"]);

describe.concurrent("catwalk with files that cannot be read", cliTimeout, () => {
  test("one that a CSV names is told with its line and code, and nothing is run", async () => {
    await using work = await openWorkFolder();
    await work.addPhoto("good.jpg");
    await work.addPhoto("locked.jpg");
    await chmod(join(work.path, "locked.jpg"), 0);
    const graph = await work.write("graph.json", kept);
    const rows = await work.write("rows.csv", "photo,name\ngood.jpg,a\nlocked.jpg,b\n");
    const { code, stdout, stderr } = await runWithoutRights(
      ["run", graph, "--table", rows, "--home", work.home],
      work,
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `${rows}, line 3: The file “locked.jpg” cannot be read. Check that it is a file and that you may read it, or choose another. (file-unreadable)\nNothing was run.\n`,
    );
  });

  test("one in a table's folder is named, and the good files come in", async () => {
    await using work = await openWorkFolder();
    for (const name of ["one", "two", "locked"]) await work.addPhoto(`photos/${name}.jpg`);
    const photos = join(work.path, "photos");
    await chmod(join(photos, "locked.jpg"), 0);
    const graph = await work.write("graph.json", kept);
    const { code, stdout, stderr } = await runWithoutRights(
      ["run", graph, "--table", photos, "--home", work.home, "--out", work.out],
      work,
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("2 rows into t.")]);
    expect(stderr).toMatch(/photos: locked\.jpg: .*cannot be read.*\(file-unreadable\)/);
    expect(stdout).toMatch(/failed=0/);
    expect((await readdir(work.out)).sort()).toEqual(["one.txt", "run.json", "two.txt"]);
  });

  test("an Upload's file of terabytes is refused by its size, not read", async () => {
    await using work = await openWorkFolder();
    const photo = await work.addPhoto();
    const file = await open(join(work.path, "photo.jpg"), "r+");
    await file.truncate(3e12);
    await file.close();
    const graph = await work.write("graph.json", graphOf([nodeOf("up", "upload", { file: photo })]));
    const { code, stdout } = await runWithoutRights(["validate", graph, "--home", work.home], work);
    expect([code, stdout]).toEqual([2, expect.stringContaining("(file-too-large)")]);
  });
});
