import { execFileSync } from "node:child_process";
import { lstat, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catwalk, cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** Of everything under a folder: what others may do with it. */
async function openToOthers(folder: string): Promise<string[]> {
  const open: string[] = [];
  for (const name of [".", ...(await readdir(folder, { recursive: true }))]) {
    const stats = await lstat(join(folder, name));
    if (!stats.isSymbolicLink() && (stats.mode & 0o077) !== 0) open.push(name);
  }
  return open;
}

test.skipIf(process.platform === "win32")(
  "the data folder is its user's alone, also what was there before; results saved elsewhere are not",
  cliTimeout,
  async () => {
    await using work = await openWorkFolder();
    const photo = await work.addPhoto();
    const graph = await work.write(
      "graph.json",
      graphOf(
        [
          nodeOf("photo", "upload", { file: photo }),
          nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A harbour" }),
          nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
          nodeOf("keep", "save", { name: "cut" }),
          nodeOf("post", "publish", {
            platform: "instagram",
            accountId: "acc-sandbox-instagram",
            caption: "c",
          }),
        ],
        ["photo.out > cut.image_0", "cut.out > keep.in"],
      ),
    );
    const run = () =>
      catwalk([
        "run",
        graph,
        "--to",
        "keep",
        "picture",
        "--speed",
        "max",
        "--home",
        work.home,
        "--out",
        work.out,
      ]);
    expect((await run()).code).toBe(0);
    expect(await openToOthers(work.home)).toEqual([]);
    for (const name of await readdir(work.out))
      expect((await lstat(join(work.out, name))).mode & 0o777).toBe(0o666 & ~process.umask());

    // As an older version left it, with what is not ours beside it.
    await mkdir(join(work.home, "notes"));
    await writeFile(join(work.home, "notes", "mine.txt"), "mine");
    await writeFile(join(work.path, "elsewhere.txt"), "elsewhere");
    await writeFile(join(work.home, "web-session.key"), "read by others");
    await writeFile(join(work.home, ".secrets.json.half.new"), "{}");
    await symlink(join(work.path, "elsewhere.txt"), join(work.home, "media", "link"));
    execFileSync("chmod", ["-R", "go+rX", work.home]);
    expect((await openToOthers(work.home)).length).toBeGreaterThan(10);
    expect((await catwalk(["runs", "--home", work.home])).code).toBe(0);
    expect((await openToOthers(work.home)).sort()).toEqual(["notes", "notes/mine.txt"]);
    // What others may have read signs in nobody any more.
    expect(await readdir(work.home)).not.toContain("web-session.key");
    expect((await lstat(join(work.path, "elsewhere.txt"))).mode & 0o777).toBe(0o666 & ~process.umask());
  },
);
