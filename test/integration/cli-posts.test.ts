import { describe, expect, test } from "vitest";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { catwalk, cliTimeout, openWorkFolder } from "../support/catwalk-cli.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

describe("Posts on the command line", cliTimeout, () => {
  test("are listed when their run is over; one in doubt is settled there, and by a person once", async () => {
    await using work = await openWorkFolder();
    const home = ["--home", work.home];
    const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;
    const graph = graphOf(
      [
        nodeOf("picture", "generate", { family: "image", model: "z-image", prompt: "A paper kite" }),
        nodeOf("post", "publish", { platform: "instagram", accountId, caption: "Up it goes" }),
      ],
      ["picture.out > post.media"],
    );
    const file = await work.write("graph.json", graph);
    const rules = [{ match: { kind: "publish" }, nth: 1, fault: { type: "resetAfter" } }];
    const faults = await work.write("faults.json", JSON.stringify({ rules }));
    const line = ["run", file, ...home, "--out", work.out, "--speed", "max", "--faults", faults];
    const ran = await catwalk(line);
    const [, runId = ""] = /^run (\S+) on/m.exec(ran.stdout) ?? [];
    expect(ran.code).toBe(3);

    const open = await catwalk(["posts", "--open", ...home]);
    expect(open.stdout).toMatch(/MAY HAVE GONE OUT +instagram IMAGE as catwalk\.studio/);
    const said = (as: string) => `catwalk posts settle ${runId} post --as ${as} --home ${work.home}`;
    expect(open.stdout).toContain(`look at the account, then: ${said("sent")} or ${said("not-sent")}\n`);
    const settle = ["posts", "settle", runId, "post", "--as", "sent", ...home];
    expect((await catwalk(settle)).stdout).toContain("Written down: it went out.");
    expect((await catwalk(settle)).stderr).toContain("(post-settled)");
    expect((await catwalk(["posts", "settle", runId, "post", ...home])).code).toBe(2);

    const found = await catwalk(["posts", "--search", "UP goes", "--json", ...home]);
    expect(JSON.parse(found.stdout)).toEqual([
      expect.objectContaining({ runId, standing: "said-sent", caption: "Up it goes", hasRun: true }),
    ]);
    expect((await catwalk(["posts", "--open", ...home])).stdout).toBe("No post fits.\n");
  });
});
