import { expect, test } from "@playwright/test";
import { openLibrary } from "../../src/library/sqlite/library.ts";
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { studio, app } = openStudio({ forEach: true, speed: "3" });

test("a run that was killed is offered after the restart, and goes on with the job it had", async ({
  page,
}) => {
  const graph = namedGraph("Cut off", [
    nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A harbour" }),
  ]);
  await app.openGraph(graph);
  await app.run();
  await expect(app.node("picture")).toHaveAttribute("data-status", "running");
  await expect(page.getByText(/job|queued|progress/i).first()).toBeVisible();
  await studio.restart();

  await app.open(studio.url);
  const offer = page.getByRole("region", { name: "Interrupted runs" });
  await expect(offer).toHaveText(/A run of “Cut off” was interrupted\./);
  // Nobody moves it, so nothing says that it runs, and it is not in the way of a new run.
  await expect(app.node("picture")).toContainText("Interrupted; the job goes on at the server");
  await expect(app.node("picture").getByRole("progressbar")).toHaveCount(0);
  await expect(page.getByRole("contentinfo").getByRole("status")).toHaveText("Interrupted");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
  await offer.getByRole("button", { name: "Resume" }).click();
  await expect(offer).toBeHidden();
  await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded");
  await expect(app.node("picture").locator("img")).toBeVisible();
});

test("of several runs that were cut off one is resumed and another discarded, and it says what goes on", async ({
  page,
}) => {
  for (const name of ["Morning", "Evening"]) {
    await app.openGraph(
      namedGraph(name, [
        nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: `A ${name} tide` }),
      ]),
    );
    // The second waits for its turn.
    await page.getByRole("button", { name: /^(Run|Queue run)$/ }).click();
    if (name === "Morning") await expect(app.node("picture").getByText(/queued|progress/i)).toBeVisible();
    else await expect(page.getByText("“Evening” waits in the queue.")).toBeVisible();
  }
  await studio.restart();

  await app.open(studio.url);
  const offer = page.getByRole("region", { name: "Interrupted runs" });
  await expect(offer).toContainText("2 runs were interrupted: “Evening” and “Morning”.");
  await offer.getByRole("button", { name: "Discard…" }).click();
  const dialog = page.getByRole("dialog", { name: "Interrupted runs" });
  const row = (name: string) => dialog.getByRole("listitem").filter({ hasText: name });
  await expect(row("Morning")).toContainText("1 job goes on at the server");
  await row("Morning").getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText(/1 job may go on at the server/)).toBeVisible();
  await expect(row("Morning")).toBeHidden();
  await dialog.getByRole("button", { name: "Resume" }).click();
  await expect(offer).toBeHidden();
  await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded");
});

test("a parked run is named with why, opens nothing by itself, and is resumed by its own button", async ({
  page,
}) => {
  await app.openGraph(
    namedGraph("Crashing", [
      nodeOf("picture", "generate", { family: "image", model: "nano-banana-2", prompt: "A reef" }),
    ]),
  );
  await app.run();
  await expect(app.node("picture").getByText(/queued|progress/i)).toBeVisible();
  await studio.kill();
  const library = await openLibrary(studio.home);
  const [found] = await library.runs.history.find({ limit: 1 });
  const run = found?.row;
  // What three processes do before they crash.
  for (let crash = 0; crash < 3; crash++) await library.runs.claim(run?.runId ?? "");
  await library.close();
  await studio.restart();

  await app.open(studio.url);
  const offer = page.getByRole("region", { name: "Interrupted runs" });
  await expect(offer).toContainText(
    "A run of “Crashing” is parked: each time it was resumed, Catwalk ended soon after.",
  );
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(offer.getByRole("button", { name: "Resume", exact: true })).toHaveCount(0);
  await offer.getByRole("button", { name: "Resume or discard…" }).click();
  const dialog = page.getByRole("dialog", { name: "Interrupted runs" });
  const row = dialog.getByRole("listitem").filter({ hasText: "Crashing" });
  await expect(row).toContainText("Parked: each time it was resumed");
  await expect(row.getByRole("button", { name: "Discard" })).toBeVisible();
  await row.getByRole("button", { name: "Resume" }).click();
  await expect(offer).toBeHidden();
  await expect(app.node("picture")).toHaveAttribute("data-status", "succeeded");
});
