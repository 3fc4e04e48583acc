import { expect, test } from "vitest";
import { runKillPoints } from "../kill/run-points.ts";

test("Ended and stopped 25 times at any moment of its life, Catwalk makes nothing twice, pays for nothing again and loses nothing", async () => {
  const figures = await runKillPoints({ points: 25, seed: 25 });
  expect(figures).toMatchObject({
    points: 25,
    duplicateCreates: 0,
    duplicatePublishes: 0,
    lostResults: 0,
    falseDoubts: 0,
    paidAgain: 0,
    mistakes: [],
  });
  // Else the moments missed what they are for.
  expect(figures.creates).toBeGreaterThan(10);
  expect(figures.near).toBeGreaterThan(0);
}, 600_000);
