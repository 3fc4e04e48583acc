import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import { openDoubts, openPostDoubts, sumOfDoubts } from "../../src/engine/record.ts";
import { sandboxAccounts } from "../../src/nodes/definition/sandbox-accounts.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { temporaryFolder } from "../support/sandbox.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

const accountId = sandboxAccounts.find(({ platform }) => platform === "instagram")?.accountId;
const names = ["one", "two", "three", "four"];

test("several doubts of a run are looked for at once and settled in one go, each on its own; a post is not", async () => {
  await using folder = await temporaryFolder();
  const faultsFile = join(folder.path, "faults.json");
  const rules = [
    { match: { kind: "image", promptIncludes: "lost" }, times: 4, fault: { type: "resetAfter" } },
    { match: { kind: "publish" }, times: 1, fault: { type: "resetAfter" } },
  ];
  await writeFile(faultsFile, JSON.stringify({ rules }));
  await using studio = await openTestStudio({ sandbox: { speed: "max", faultsFile } });
  const client = createRouterClient(studio.router, { context: {} });
  const graph = graphOf(
    [
      ...names.map((name) =>
        nodeOf(name, "generate", { family: "image", model: "z-image", prompt: `A lost ${name}` }),
      ),
      nodeOf("here", "generate", { family: "image", model: "z-image", prompt: "A harbour" }),
      nodeOf("post", "publish", { platform: "instagram", accountId, caption: "Hello" }),
    ],
    ["here.out > post.media"],
  );
  const { runId, state } = await studio.runGraph({
    ...{ ...(await lookedAt(studio, { graph })), publish: "skip", outFolder: join(folder.path, "out") },
  });
  const open = openDoubts(state);
  const [post] = openPostDoubts(state);
  expect([open.map(({ nodeId }) => nodeId).sort(), post?.nodeId]).toEqual([[...names].sort(), "post"]);

  // What the server has may be of any of them, and what the library has is of none.
  const stepIds = [...open, ...(post ? [post] : [])].map(({ stepId }) => stepId);
  await expect
    .poll(async () => (await client.runs.evidenceOfMany({ runId, stepIds })).map(({ found }) => found.length))
    .toContain(4);
  const evidence = await client.runs.evidenceOfMany({ runId, stepIds });
  expect(evidence.map(({ stepId }) => stepId).sort()).toEqual(open.map(({ stepId }) => stepId).sort());
  for (const { stepId, lookedAt: _now, ...many } of evidence)
    expect(await client.runs.evidence({ runId, stepId })).toMatchObject(many);

  const refs = open.map(({ stepId, attempt }) => ({ stepId, attempt }));
  const sumMicrodollars = sumOfDoubts(open).microdollars;
  const again = (sum: number) =>
    client.runs.settleDoubts({
      ...{
        runId,
        doubts: [...refs.slice(0, 2), ...(post ? [{ stepId: post.stepId, attempt: post.attempt }] : [])],
      },
      word: { decision: "resend", sumMicrodollars: sum },
    });
  await client.runs.resume({ runId });
  await expect(again(0)).rejects.toMatchObject({ data: { code: "sum-changed" } });
  expect((await again(sumMicrodollars)).map((answer) => (answer.ok ? "ok" : answer.code))).toEqual([
    ...["ok", "ok", "one-by-one"],
  ]);
  const left = await client.runs.settleDoubts({ runId, doubts: refs, word: { decision: "skip" } });
  expect(left.map((answer) => (answer.ok ? "ok" : answer.code))).toEqual([
    ...["wrong-state", "wrong-state", "ok", "ok"],
  ]);

  const ids = [...open.map(({ nodeId }) => nodeId), "here", "post"];
  const made = async () => {
    const events = await client.runs.log({ runId, limit: 1000 });
    const of = (type: "create-intended" | "step-succeeded", id: string) =>
      events.filter((event) => event.type === type && event.stepId === id).length;
    return ids.map((id) => [of("create-intended", id), of("step-succeeded", id)]);
  };
  await expect.poll(made).toEqual([
    [2, 1],
    [2, 1],
    [1, 0],
    [1, 0],
    [1, 1],
    [1, 0],
  ]);
});
