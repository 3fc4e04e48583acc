/**
 * `npm run test:kill -- --points N --seed S`: kills Catwalk N times and counts what was made twice or lost. Exits with
 * 1 when anything was, or when the kills were not aimed.
 */
import { parseArgs } from "node:util";
import { runKillPoints } from "./run-points.ts";

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const points = Number(values.points);
const seed = Number(values.seed);
if (!Number.isInteger(points) || points < 1 || !Number.isInteger(seed)) {
  process.stderr.write("Give whole numbers: --points N --seed S\n");
  process.exit(2);
}

const began = performance.now();
process.stdout.write(`seed ${seed}\n`);
const figures = await runKillPoints({
  points,
  seed,
  onProgress(done) {
    if (done % 50 === 0)
      process.stdout.write(`${done} points, ${Math.round((performance.now() - began) / 1000)} s\n`);
  },
});
const { creates, duplicateCreates, duplicatePublishes, lostResults, inDoubt, falseDoubts, paidAgain } =
  figures;
for (const mistake of figures.mistakes) process.stdout.write(`${mistake}\n`);
const percent = (count: number) => `${((100 * count) / points).toFixed(1)} %`;
process.stdout.write(
  `killed within 5 ms of a create's send or answer: ${figures.near} (${percent(figures.near)}); ` +
    `while resuming: ${figures.inResume}; between the intent and the first byte: ${figures.unseen}\n`,
);
process.stdout.write(
  `kill: points=${points} creates=${creates} duplicateCreates=${duplicateCreates} ` +
    `duplicatePublishes=${duplicatePublishes} lostResults=${lostResults} inDoubt=${inDoubt} falseDoubts=${falseDoubts} paidAgain=${paidAgain}\n`,
);
// Of a handful of points the share says nothing.
const isAimed = points < 25 || figures.near >= (points < 100 ? 1 : 0.3 * points);
if (!isAimed)
  process.stderr.write("Too few of the kills were near a create: the moments miss what they are for.\n");
const isClean = duplicateCreates + duplicatePublishes + lostResults + falseDoubts + paidAgain === 0;
process.exitCode = isClean && isAimed && figures.mistakes.length === 0 ? 0 : 1;
