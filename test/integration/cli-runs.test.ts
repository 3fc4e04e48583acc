import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parseGraph } from "../../src/graph/document/parse.ts";
import { catwalk, cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

describe("Past runs on the command line", cliTimeout, () => {
  test("are found by their prompts, shown step by step, and give back the graph that made them", async () => {
    await using work = await openWorkFolder();
    const home = ["--home", work.home];
    const graph = graphOf(
      [
        nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A paper kite" }),
        nodeOf("cut", "edit", { operation: "imageCrop", params: { aspectRatio: "1:1" } }),
      ],
      ["picture.out > cut.image_0"],
    );
    const file = await work.write("graph.json", graph);
    const ran = await catwalk(["run", file, ...home, "--out", work.out, "--speed", "max"]);
    const [, runId = ""] = /^run (\S+) on/m.exec(ran.stdout) ?? [];
    expect(ran.code).toBe(0);

    const found = await catwalk(["runs", "--search", "KITE sandbox done", "--json", ...home]);
    expect(JSON.parse(found.stdout)).toEqual([
      expect.objectContaining({ runId, status: "done", outputs: expect.objectContaining({ count: 2 }) }),
    ]);
    const none = await catwalk(["runs", "--search", "boat", "--all", ...home]);
    expect(none.stdout).toBe("No run has all of these words: boat\n");

    const shown = await catwalk(["runs", "show", runId, ...home]);
    expect(shown.stdout).toMatch(/2\/2 done, 0 failed, (?:about|less than) \$/);
    expect(shown.stdout).toMatch(
      /Generate image +succeeded, (?:about|less than) \$\S+, [\d.]+ s {2}\[picture\]/,
    );
    expect(shown.stdout).toMatch(/out: image [0-9a-f]{64}/);
    const json = JSON.parse((await catwalk(["runs", "show", runId, "--json", ...home])).stdout);
    expect(json).toMatchObject({ runId, steps: [{ stepId: "picture" }, { stepId: "cut" }] });

    const printed = await catwalk(["runs", "graph", runId, ...home]);
    const again = await work.write("again.json", JSON.parse(printed.stdout));
    expect(parseGraph(await readFile(again, "utf8"))).toMatchObject({
      ok: true,
      graph: { id: graph.id, nodes: [{ id: "picture" }, { id: "cut" }] },
    });

    const missing = await catwalk(["runs", "show", "none", ...home]);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      "There is no such run. Look at the list of runs. (run-missing)\n",
    ]);
  });
});
