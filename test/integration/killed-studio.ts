/** A studio that starts a slow run, says when its job was accepted, and waits to be killed. */
import { graphOf, nodeOf } from "../support/graph-builders.ts";
import { lookedAt, openTestStudio } from "../support/studio.ts";

const [homeFolder, url, key] = process.argv.slice(2);
if (!homeFolder || !url || !key) throw new Error("usage: killed-studio HOME URL KEY");
const studio = await openTestStudio({
  homeFolder,
  server: { kind: "custom", url },
  environment: { CATWALK_API_KEY: key },
});
const graph = graphOf([
  nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A slow dawn" }),
]);
await studio.runGraph({
  ...(await lookedAt(studio, { graph })),
  publish: "skip",
  outFolder: homeFolder,
  onEvent(event) {
    if (event.type === "job-accepted") process.stdout.write(`accepted ${event.runId} ${event.job.id}\n`);
  },
});
