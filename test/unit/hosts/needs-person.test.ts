import { expect, test } from "vitest";
import { cancelledLines, needsPersonLines, sentence } from "../../../src/hosts/terminal/needs-person.ts";
import { createWorld, step, type World } from "../../support/engine-world.ts";

const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
const place = { server: "live" };

test("eight creates in doubt of one run are told once, with the commands that settle all of them", async () => {
  const world = createWorld();
  for (const name of names) world.rules.creates.set(name, [{ outcome: "inDoubt" }]);
  const run = world.start(names.map((name) => step.generate(name)));
  await world.settle();
  const lines = needsPersonLines(run.state(), place, { plain: "again", posting: "again --publish" });
  expect(lines).toEqual([
    "Needs you:",
    expect.stringMatching(/^ {2}8 steps \(a, b, c and 5 more\): nobody can say whether their jobs were made/),
    "      catwalk resume run-1 --in-doubt retry --server live",
    "      catwalk resume run-1 --in-doubt skip --server live",
  ]);
});

test("a cancelled run says which jobs go on, and the one command that goes on with it", async () => {
  const world = createWorld();
  const run = world.start([...names.map((name) => step.generate(name)), step.save("keep", "a")]);
  await world.clock.advance(1000);
  run.cancel();
  await world.settle();
  expect(cancelledLines(run.state(), place)).toEqual([
    expect.stringMatching(/^Cancelled: 8 jobs go on at the server \(job-1, job-2, job-3 and 5 more\)/),
    "  catwalk resume run-1 --server live",
  ]);
});

test.each([
  ["in doubt", (world: World) => world.rules.creates.set("Hello", [{ outcome: "inDoubt" }])],
  [
    "failed by our own mistake",
    (world: World) => {
      world.deps.server.look = async () => JSON.parse("null");
    },
  ],
])(
  "a post that may have gone out, %s, is settled by a command as it is in the list of posts",
  async (_, prepare) => {
    const world = createWorld({ policy: "flag" });
    prepare(world);
    const run = world.start([step.upload("photo"), step.publish("post", "photo")]);
    await world.settle();
    expect(
      needsPersonLines(run.state(), {}, { plain: "again", posting: "again --publish" }).slice(1),
    ).toEqual([
      expect.stringMatching(
        /^ {2}post: nobody can say whether the post to instagram as Test account went out\./,
      ),
      "      catwalk posts settle run-1 post --as sent",
      "      catwalk posts settle run-1 post --as not-sent",
    ]);
  },
);

test.each([
  ["boom", "boom."],
  ["It said boom.", "It said boom."],
  ["boom (HTTP 500)", "boom (HTTP 500)."],
  ["The connection broke. (ECONNRESET)", "The connection broke. (ECONNRESET)"],
  ["Is it “there?”", "Is it “there?”"],
])("a server's words %j end before ours begin", (said, told) => {
  expect(sentence(said)).toBe(told);
});

test("a job that gave nothing names the command that looks at it once more, and no resume", async () => {
  const world = createWorld();
  world.rules.jobs.set("a", [{ outputs: [] }]);
  const run = world.start([step.generate("a")]);
  await world.settle();
  const rerun = { plain: "again", posting: "again --publish" };
  expect(needsPersonLines(run.state(), place, rerun)).toEqual([
    "Needs you:",
    "  a: The job succeeded, but gave no image. Only a retry looks at it once more, free of charge:",
    "      catwalk retry run-1 a --server live",
  ]);
});
