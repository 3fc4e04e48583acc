import { expect, test } from "vitest";
import { createTurns, inAllTurns } from "../../../src/studio/ground/turns.ts";

test("one act at a time has a name, in the order in which they asked, and a failed one holds up no other", async () => {
  const turns = createTurns();
  const told: string[] = [];
  const act = (name: string, gate?: Promise<void>) => async () => {
    told.push(`${name} begins`);
    await gate;
    told.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const gate = Promise.withResolvers<void>();
  const all = [turns("run", act("a", gate.promise)), turns("run", act("b")), turns("run", act("c"))];
  expect(told).toEqual(["a begins"]);
  expect(await turns("another", act("d"))).toBe("d");
  gate.resolve();
  expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(told.filter((word) => !word.startsWith("d"))).toEqual(
    ["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test("acts that need several names at once never wait for each other for ever", async () => {
  const turns = createTurns();
  const done = await Promise.all([
    inAllTurns(turns, ["x", "y"], async () => 1),
    inAllTurns(turns, ["y", "x", "y"], async () => 2),
    turns("x", async () => 3),
    inAllTurns(turns, [], async () => 4),
  ]);
  expect(done).toEqual([1, 2, 3, 4]);
});
