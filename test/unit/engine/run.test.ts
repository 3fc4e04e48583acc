import { expect, test } from "vitest";
import { createWorld, kinds, step } from "../../support/engine-world.ts";

test("a chain of every kind of work runs to its end", async () => {
  const world = createWorld();
  const run = world.start([
    step.upload("photo"),
    step.generate("poster", "photo"),
    step.edit("cut", "auto", "poster"),
    step.publish("post", "cut"),
    step.save("files", "cut"),
  ]);
  await world.settle();
  expect(kinds(run)).toEqual({
    photo: "succeeded",
    poster: "succeeded",
    cut: "succeeded",
    post: "succeeded",
    files: "succeeded",
  });
  expect(await run.whenSettled()).toBe("done");
  expect(world.replayed()).toEqual(run.state());
});
