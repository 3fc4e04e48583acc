import { describe, expect, test } from "vitest";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { catwalk, cliTimeout, freshKey, openCliSandbox, openWorkFolder } from "../support/catwalk-cli.ts";
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

  test("each row has its own time to post; the question shows it, and the run ends well as scheduled", async () => {
    await using sandbox = await openCliSandbox();
    await using work = await openWorkFolder();
    const key = freshKey();
    const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;
    const params = { scheduledAt: "{{when}}", altText: "A {{subject}}" };
    const graph = graphOf(
      [
        nodeOf("t", "table", { columns: [], rows: [] }),
        nodeOf("picture", "generate", { family: "image", model: "z-image", prompt: "A paper {{subject}}" }),
        nodeOf("post", "publish", { platform: "instagram", accountId, caption: "{{subject}}", params }),
      ],
      ["picture.out > post.media"],
    );
    const file = await work.write("graph.json", graph);
    const inDays = (days: number) => new Date(Date.now() + days * 24 * 3_600_000).toISOString();
    const run = async (rows: readonly (readonly [subject: string, when: string])[], ...args: string[]) => {
      const csv = await work.write(
        "rows.csv",
        ["subject,when", ...rows.map((row) => row.join(","))].join("\n"),
      );
      const line = ["run", file, "--table", csv, "--server", sandbox.url, "--home", work.home];
      return await catwalk([...line, "--out", work.out, ...args], { env: { CATWALK_API_KEY: key } });
    };
    const words = (time: string) => `${time.slice(0, 16).replace("T", " ")} UTC`;

    const bad = [
      ["kite", "2020-01-01T00:00:00Z"],
      ["ship", inDays(30)],
      ["hat", "soon"],
      ["shoe", inDays(3)],
    ] as const;
    const refused = await run(bad, "--yes", "--publish");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("Row “1”: The time to post, 2020-01-01 00:00 UTC, is past.");
    expect(refused.stderr).toMatch(/Row “2”: The time to post, .* at most 29 days ahead are taken\./);
    expect(refused.stderr).toContain("Row “3”: “soon” is no time to post at");
    expect(refused.stderr).not.toContain("Row “4”");
    expect(await sandbox.made(key)).toEqual([]);

    const times = [inDays(3), inDays(4)] as const;
    const asked = await run(
      [
        ["kite", times[0]],
        ["ship", times[1]],
        ["hat", ""],
      ],
      "--publish",
    );
    expect(asked.code).toBe(3);
    expect(asked.stderr).toContain(`as catwalk.studio at ${words(times[0])}: "kite"`);
    expect(asked.stderr).toContain(`as catwalk.studio at ${words(times[1])}: "ship"`);
    expect(asked.stderr).toContain('as catwalk.studio: "hat"');

    const ran = await run(
      [
        ["kite", times[0]],
        ["ship", times[1]],
        ["hat", ""],
      ],
      "--publish",
      "--yes",
    );
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining(`scheduled for ${words(times[0])}`)]);
    expect(ran.stdout).toContain(`scheduled for ${words(times[1])}`);
    const bodies = (await sandbox.requests(key)).filter(({ path }) => path.endsWith("/publish/instagram"));
    expect(bodies.map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ caption: "kite", scheduledAt: times[0], altText: "A kite" }),
        expect.not.objectContaining({ scheduledAt: expect.anything() }),
      ]),
    );
    const listed = await catwalk(["posts", "--search", "kite", "--home", work.home]);
    expect(listed.stdout).toContain("scheduled");
    expect(listed.stdout).toContain(`to go out at ${words(times[0])}`);
  });

  test("what Instagram refuses by itself is a warning of the dry run, before anything is paid", async () => {
    await using work = await openWorkFolder();
    const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;
    const tags = Array.from({ length: 40 }, (_, at) => `#tag${at}`).join(" ");
    const picture = {
      family: "image",
      model: "nano-banana-2",
      prompt: "A kite",
      modelParams: { aspectRatio: "9:16" },
    };
    const post = { platform: "instagram", accountId, caption: tags, params: { product: "IMAGE" } };
    const file = await work.write(
      "graph.json",
      graphOf(
        [nodeOf("picture", "generate", picture), nodeOf("post", "publish", post)],
        ["picture.out > post.media"],
      ),
    );
    const { code, stderr } = await catwalk(["run", file, "--dry-run", "--home", work.home]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "warning: node post, caption: Caption of “Publish to Instagram” has 40 hashtags;",
    );
    expect(stderr).toContain("warning: node post, port media: What “Publish to Instagram” gets is 9:16;");
  });
});
