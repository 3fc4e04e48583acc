import { describe, expect, test } from "vitest";
import { catwalk, cliTimeout, freshKey, openWorkFolder, startCatwalk } from "../support/catwalk-cli.ts";
import { type FakeApi, openFakeApi } from "../support/fake-api.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

/** A run that was ended in some way, and what a person does then: resume it, or run the graph again. */

const graph = graphOf(
  [
    nodeOf("pic", "generate", {
      ...{ family: "image", model: "nano-banana-2", prompt: "A red kite", modelParams: {} },
    }),
    nodeOf("keep", "save", { name: "kite" }),
  ],
  ["pic.out > keep.in"],
);

async function openCase(): Promise<
  AsyncDisposable & {
    readonly api: FakeApi;
    readonly creates: () => number;
    /** From now on jobs are done. */
    finish(): void;
    args(verb: readonly string[], out: string): readonly string[];
    readonly run: readonly string[];
    readonly env: { readonly CATWALK_API_KEY: string };
  }
> {
  const work = await openWorkFolder();
  let isDone = false;
  const api = await openFakeApi({
    look: () => (isDone ? undefined : { status: "in_progress", outputs: [] }),
  });
  const file = await work.write("graph.json", graph);
  return {
    api,
    creates: () => api.count(/^POST .*generate$/),
    finish() {
      isDone = true;
    },
    args: (verb, out) => [
      ...[...verb, "--server", api.url, "--yes", "--home", work.home],
      ...["--out", `${work.out}-${out}`],
    ],
    run: ["run", file],
    env: { CATWALK_API_KEY: freshKey() },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent("After a run was ended, its job is not made again", cliTimeout, () => {
  test("by a second Ctrl-C during a create: the end names the create without an answer, its money and the command", async () => {
    await using it = await openCase();
    const arrived = Promise.withResolvers<void>();
    it.api.rules.create = () => {
      arrived.resolve();
      return true;
    };
    const run = startCatwalk(it.args(it.run, "first"), { env: it.env });
    const cancelling = new Promise<void>((resolve) => {
      run.child.stderr?.on("data", (text: string) => text.includes("Cancelling") && resolve());
    });
    const [, runId = ""] = await run.until(/run (\S+) on /);
    await arrived.promise;
    run.child.kill("SIGINT");
    await cancelling;
    run.child.kill("SIGINT");
    const { code, stderr } = await run.end;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /create of 1 step \(.*\) was here: nobody can say whether it was made and charged/,
    );
    expect(stderr).toMatch(new RegExp(`\n {2}catwalk resume ${runId} --server ${it.api.url} .*\n$`));
  });

  test("by Ctrl-C: the end says the command, a dry run says that the job is out, and a new run takes it", async () => {
    await using it = await openCase();
    const { env } = it;
    const first = startCatwalk(it.args(it.run, "first"), { env });
    const [, runId = ""] = await first.until(/run (\S+) on [\s\S]*job \S+ accepted/);
    first.child.kill("SIGINT");
    const ended = await first.end;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/Cancelled: job job-1 goes on at the server/);
    expect(ended.stdout).toContain(`catwalk resume ${runId} --server ${it.api.url}`);

    const dry = await catwalk([...it.args(it.run, "dry"), "--dry-run"], { env });
    expect(dry.stdout).toContain("Jobs: 0 to generate");
    expect(dry.stdout).toContain("1 job is out already; it will be looked at and not made again.");

    it.finish();
    const again = await catwalk(it.args(it.run, "again"), { env });
    expect(again.stdout).toContain("job job-1 is out already, of an earlier run");
    expect(again.stdout).toMatch(/: done; steps=2 done=2/);
    const resumed = await catwalk(it.args(["resume", runId], "resumed"), { env });
    expect(resumed.stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(1);
  });

  test("by its deadline: resume and a new run look at it", async () => {
    await using it = await openCase();
    const { env } = it;
    const first = await catwalk([...it.args(it.run, "first"), "--deadline", "1s"], { env });
    expect(first).toMatchObject({ code: 3, stdout: expect.stringContaining("is not made again") });
    const [, runId = ""] = /run (\S+) on/.exec(first.stdout) ?? [];
    const second = await catwalk([...it.args(it.run, "second"), "--deadline", "1s"], { env });
    expect(second).toMatchObject({ code: 3, stdout: expect.stringContaining("job job-1 is out already") });
    it.finish();
    const resumed = await catwalk(it.args(["resume", runId], "resumed"), { env });
    expect(resumed.stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(1);
  });

  test("by a crash: running the graph again instead of resuming looks at it, and --fresh alone makes another", async () => {
    await using it = await openCase();
    const { env } = it;
    const first = startCatwalk(it.args(it.run, "first"), { env });
    await first.until(/job \S+ accepted/);
    first.child.kill("SIGKILL");
    await first.end;
    it.finish();
    const again = await catwalk(it.args(it.run, "again"), { env });
    expect(again.stderr).toContain("Jobs: 0 to generate");
    expect(again.stderr).toContain("1 job is out already");
    expect(again.stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(1);
    const fresh = await catwalk([...it.args(it.run, "fresh"), "--fresh"], { env });
    expect(fresh.stderr).toContain("--fresh: everything is made anew");
    expect(it.creates()).toBe(2);
  });

  test("whatever price the server names: what is absurd is unknown, and resume works", async () => {
    await using it = await openCase();
    const { env } = it;
    it.api.rules.price = 2 ** 53;
    const first = await catwalk([...it.args(it.run, "first"), "--deadline", "1s"], { env });
    expect(first.stderr).toContain("Estimated cost: not known. It is an estimate");
    expect(first.stderr).not.toContain("free");
    expect(first.code).toBe(3);
    const [, runId = ""] = /run (\S+) on/.exec(first.stdout) ?? [];
    it.finish();
    const resumed = await catwalk(it.args(["resume", runId], "resumed"), { env });
    expect(resumed.stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(1);
  });

  test("of two runs at once of which one is killed: the other takes its job over", async () => {
    await using it = await openCase();
    const { env } = it;
    const first = startCatwalk(it.args(it.run, "first"), { env });
    await first.until(/job \S+ accepted/);
    const second = startCatwalk(it.args(it.run, "second"), { env });
    await second.until(/Generate image +started/);
    first.child.kill("SIGKILL");
    await second.until(/job job-1 is out already/);
    it.finish();
    expect((await second.end).stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(1);
  });
});

/** A run whose only create got no answer. @returns its id */
async function leaveInDoubt(it: Awaited<ReturnType<typeof openCase>>): Promise<string> {
  it.finish();
  it.api.rules.create = ({ request }) => {
    request.socket.destroy();
    return true;
  };
  const { code, stdout } = await catwalk(it.args(it.run, "first"), { env: it.env });
  delete it.api.rules.create;
  expect([code, it.creates()]).toEqual([3, 1]);
  const [, runId = ""] = /run (\S+) on/.exec(stdout) ?? [];
  return runId;
}

describe.concurrent("After a create in doubt", cliTimeout, () => {
  test("an equal run is not paid by --yes alone: it names the way out, and goes on for --despite-doubts", async () => {
    await using it = await openCase();
    const { env } = it;
    const runId = await leaveInDoubt(it);

    const second = await catwalk(it.args(it.run, "second"), { env });
    expect([second.code, it.creates()]).toEqual([3, 1]);
    expect(second.stderr).toContain("This run would make it anew, which may be charged twice.");
    for (const word of ["retry", "skip"])
      expect(second.stderr).toContain(`catwalk resume ${runId} --in-doubt ${word} --server ${it.api.url}`);
    expect(second.stderr).toContain("Nothing was run: 1 step may have been made and charged before");
    expect(second.stderr).toContain("add --despite-doubts to make it all the same");
    expect(second.stdout).toBe("");

    const fresh = await catwalk([...it.args(it.run, "fresh"), "--fresh"], { env });
    expect([fresh.code, it.creates()]).toEqual([3, 1]);
    expect(fresh.stderr).toContain("This run would make it anew, which may be charged twice.");

    const third = await catwalk([...it.args(it.run, "third"), "--despite-doubts"], { env });
    expect(third.stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(2);
  });

  test("a doubt that was left out names the way to make it, and no way to post that was not asked for", async () => {
    await using it = await openCase();
    const { env } = it;
    const runId = await leaveInDoubt(it);
    const skipped = await catwalk(it.args(["resume", runId, "--in-doubt", "skip"], "skipped"), { env });
    expect(skipped.stdout).toContain("to make it all the same:");
    expect(skipped.stdout).toContain("catwalk run graph.json --server");
    expect(skipped.stdout).not.toContain("--publish");
    expect(it.creates()).toBe(1);
  });

  test("the way out needs no further flag: resume with a word for the doubt sends it again", async () => {
    await using it = await openCase();
    const { env } = it;
    const runId = await leaveInDoubt(it);
    const resumed = await catwalk(it.args(["resume", runId, "--in-doubt", "retry"], "resumed"), { env });
    expect(resumed.stdout).toMatch(/: done; steps=2 done=2/);
    expect(it.creates()).toBe(2);
    const again = await catwalk(it.args(it.run, "again"), { env });
    expect([again.code, it.creates()]).toEqual([0, 2]);
  });
});
