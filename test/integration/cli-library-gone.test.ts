import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { catwalk, cliTimeout, freshKey, openCliSandbox, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

test(
  "a library that is gone is named, and nothing is posted again until a person has said so",
  cliTimeout,
  async () => {
    await using sandbox = await openCliSandbox();
    await using work = await openWorkFolder();
    const key = freshKey();
    const env = { CATWALK_API_KEY: key };
    const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;
    const photo = await work.addPhoto();
    const graph = await work.write(
      "graph.json",
      graphOf(
        [
          nodeOf("photo", "upload", { file: photo }),
          nodeOf("post", "publish", { platform: "instagram", accountId, caption: "Once" }),
        ],
        ["photo.out > post.media"],
      ),
    );
    const post = () =>
      catwalk(
        ["run", graph, "--publish", "--yes", "--server", sandbox.url, "--home", work.home, "--out", work.out],
        { env },
      );
    const posts = async () => (await sandbox.made(key)).filter((made) => made.includes("publish"));
    expect((await post()).code).toBe(0);
    expect(await posts()).toHaveLength(1);

    for (const end of ["", "-wal", "-shm"]) await rm(join(work.home, `library.db${end}`), { force: true });
    const refused = await post();
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/database is missing.*catwalk salvage.*\(damaged\)\n$/);
    expect(refused.stderr).not.toMatch(/\n\s+at /);

    const salvaged = await catwalk(["salvage", "--home", work.home]);
    expect([salvaged.code, salvaged.stdout]).toEqual([3, expect.stringContaining("NOT whole")]);
    const asked = await post();
    expect([asked.code, asked.stdout]).toEqual([3, expect.stringContaining("needs you")]);
    expect(await posts()).toHaveLength(1);
  },
);

test(
  "rows that went through damage are named, make nothing again, and are told by the salvage",
  cliTimeout,
  async () => {
    await using work = await openWorkFolder();
    const graph = await work.write(
      "graph.json",
      graphOf(
        [nodeOf("pic", "generate", { family: "image", model: "nano-banana-2", prompt: "A red kite" })],
        [],
      ),
    );
    const run = () => catwalk(["run", graph, "--speed", "max", "--home", work.home, "--out", work.out]);
    expect((await run()).code).toBe(0);
    const library = new DatabaseSync(join(work.home, "library.db"));
    library.exec(`UPDATE takes SET outputs_json = '{"broken'`);
    library.close();
    const refused = await run();
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/database is damaged.*catwalk salvage.*\(damaged\)\n/);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
    const salvaged = await catwalk(["salvage", "--force", "--home", work.home]);
    expect([salvaged.code, salvaged.stdout]).toEqual([
      3,
      expect.stringContaining("Something is missing of: takes."),
    ]);
    expect((await run()).code).toBe(0);
  },
);
