import { expect, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

const { studio, app } = openStudio({
  forEach: true,
  faults: [
    { match: { promptIncludes: "slow" }, fault: { type: "slow", ms: 3_000, what: "job" } },
    { match: { promptIncludes: "endless" }, fault: { type: "slow", ms: 600_000, what: "job" } },
    {
      match: { promptIncludes: "doomed" },
      times: 1,
      fault: { type: "failed", errorMessage: "No such word." },
    },
  ],
});

const words = (id: string, prompt: string, x: number, y = 0) =>
  nodeOf(id, "generate", { family: "text", model: "openrouter-completion", prompt }, { position: { x, y } });

/** A text, a text after it, and one apart. */
const graphOf = (name: string, prompt: string) =>
  namedGraph(
    name,
    [words("first", prompt, 0), words("second", "", 400), words("apart", "Apart.", 400, 420)],
    [wireOf("first.out > second.prompt", 0)],
  );

const reaches = (nodeId: string, status: string) =>
  expect(app.node(nodeId)).toHaveAttribute("data-status", status);

const queueRun = () => app.page.getByRole("button", { name: "Queue run", exact: true }).click();

test("runs wait in order, are moved by drag and by keys, and one is taken out", async () => {
  const { page } = app;
  await app.openGraph(graphOf("Endless", "An endless story."));
  await app.run();
  await reaches("first", "running");
  for (const name of ["One", "Two", "Three"]) {
    await app.openGraph(graphOf(name, "Write."));
    await queueRun();
    await expect(page.getByText(`“${name}” waits in the queue.`)).toBeVisible();
  }
  await page.getByRole("tab", { name: /^Queue/ }).click();
  const waiting = page.getByRole("list", { name: "Waiting" }).getByRole("listitem");
  const names = () => waiting.getByRole("button", { pressed: false }).allInnerTexts();
  const inOrder = (...wanted: string[]) =>
    expect.poll(async () => (await names()).filter((name) => name !== "")).toEqual(wanted);
  await inOrder("One", "Two", "Three");
  await expect(page.getByRole("list", { name: "Running" }).getByRole("listitem")).toContainText("Endless");
  await expect(waiting.first()).toContainText("everything");

  await waiting.nth(2).dragTo(waiting.nth(0));
  await inOrder("Three", "One", "Two");
  await waiting.nth(1).focus();
  await page.keyboard.press("Alt+ArrowDown");
  await inOrder("Three", "Two", "One");
  // The focus stays with the run that was moved.
  await page.keyboard.press("Alt+ArrowUp");
  await inOrder("Three", "One", "Two");
  await page.getByRole("button", { name: "Take “One” out of the queue" }).click();
  await inOrder("Three", "Two");

  // A press shows the run on the graph that made it.
  await page.getByRole("list", { name: "Running" }).getByRole("button", { name: "Endless" }).click();
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue("Endless");
  await reaches("first", "running");
  await page.getByRole("button", { name: "Cancel", exact: true }).first().click();
  await expect(page.getByText("Nothing runs or waits.")).toBeVisible();

  // What was cancelled has its job still, and can be collected without going on.
  const collect = app.node("first").getByRole("button", { name: "Collect result" });
  await expect(collect).toBeVisible();
  await collect.click();
  await reaches("first", "running");
  await reaches("second", "cancelled");
});

test("the result of a cancelled job is collected from History while another graph is open, after a restart too", async () => {
  const { page } = app;
  await app.openGraph(graphOf("Left out", "A slow story."));
  await app.run();
  await expect(app.node("first").getByText(/queued|progress/i)).toBeVisible();
  await page.getByRole("button", { name: "Cancel", exact: true }).first().click();
  await reaches("first", "cancelled");
  await app.settled();
  await studio.restart();
  await app.open(studio.url);
  await app.openGraph(graphOf("Another", "Write."));
  await page.keyboard.press("Alt+3");
  const drawer = page.getByRole("region", { name: "History" });
  await drawer.getByRole("radio", { name: "All graphs" }).click();
  await drawer.getByRole("button", { name: /Left out/ }).click();
  const steps = drawer.getByRole("list", { name: "Steps" });
  // Only a step that has a job offers it.
  const collect = steps.getByRole("button", { name: "Collect result" });
  await expect(collect).toHaveCount(1);
  await collect.click();
  await expect(steps.getByRole("listitem").first()).not.toContainText("cancelled");
  await expect(collect).toHaveCount(0);
  await expect(steps.getByText("cancelled", { exact: true })).toBeVisible();
});

test("quitting says which runs are left and how each goes on, and they are offered again", async () => {
  const { page } = app;
  await app.openGraph(graphOf("Left", "An endless story."));
  await app.run();
  await reaches("first", "running");
  await app.openGraph(graphOf("Next", "Write."));
  await queueRun();
  await expect(page.getByText("“Next” waits in the queue.")).toBeVisible();
  const printed = await studio.quit();
  expect(printed).toContain("1 run is under way and 1 queued.");
  expect(printed).toMatch(/“Left” on Sandbox, \d of 3 done: catwalk resume [0-9a-f-]{36}\n/);
  expect(printed).toMatch(/“Next” on Sandbox, queued: catwalk resume [0-9a-f-]{36}\n/);
  await studio.restart();
  await page.goto(studio.url);
  await expect(page.getByRole("region", { name: "Interrupted runs" })).toContainText(
    "2 runs were interrupted",
  );
});

test("a paused queue says so everywhere, holds what would be sent, and is still paused after a restart", async () => {
  const { page } = app;
  await app.openGraph(graphOf("Held", "A slow story."));
  await app.run();
  await reaches("first", "running");
  await page.getByRole("tab", { name: /^Queue/ }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("banner").getByText("Queue paused")).toBeVisible();
  // The job that is out is looked at to its end; the one after it does not leave.
  await reaches("first", "succeeded");
  await expect(app.node("second")).toContainText("Waits for the queue, which is paused");
  await page.reload();
  await expect(app.node("second")).toContainText("Waits for the queue, which is paused");

  await studio.restart();
  await page.goto(studio.url);
  await expect(page.getByRole("banner").getByText("Queue paused")).toBeVisible();
  await page
    .getByRole("region", { name: "Interrupted runs" })
    .getByRole("button", { name: "Resume" })
    .click();
  await expect(app.node("second")).toContainText("Waits for the queue, which is paused");
  await page.getByRole("banner").getByRole("button", { name: "Go on" }).click();
  await reaches("second", "succeeded");
  await expect(page.getByRole("banner").getByText("Queue paused")).toHaveCount(0);
});

test("a verb shows the nodes it would touch before it is pressed, by pointer and by keys", async () => {
  const { page } = app;
  await app.openGraph(graphOf("Shown", "A doomed story."));
  const shown = () =>
    page
      .locator("article[data-shown-node]")
      .evaluateAll((cards) => cards.map((card) => card.getAttribute("data-node-id")));
  await app.head("second").click();
  await page.getByRole("button", { name: "More ways to run" }).click();
  const entry = (name: RegExp) => page.getByRole("menuitem", { name });
  await entry(/^Run to here/).hover();
  await expect.poll(shown).toEqual(["first", "second"]);
  await expect(entry(/^Run to here/)).toContainText("2 nodes");
  // What is shown stands above the veil that lies over the rest.
  await expect.poll(() => heightOf("second")).toBeGreaterThan(1000);
  expect(await heightOf("apart")).toBeLessThan(1000);
  // By keys alone, and gone with the menu.
  await entry(/^Run all/).hover();
  await expect.poll(shown).toHaveLength(3);
  await page.keyboard.press("ArrowDown");
  await expect.poll(shown).toEqual(["first", "second"]);
  await expect(entry(/^Run only what failed/)).toContainText("There is no run on show.");
  await page.keyboard.press("Escape");
  await expect.poll(shown).toEqual([]);

  await app.run();
  await reaches("first", "failed");
  await reaches("second", "skipped");
  await app.settled();
  // Off the Run button, which shows what it would touch as soon as the palette is gone.
  await page.mouse.move(720, 640);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find a command, a node or a graph").fill("run only what failed");
  await expect.poll(shown).toEqual(["first", "second"]);
  await page.keyboard.press("Enter");
  await expect.poll(shown).toEqual([]);
  await reaches("first", "succeeded");
  await reaches("second", "succeeded");

  async function heightOf(nodeId: string): Promise<number> {
    const box = page.locator(".react-flow__node", { has: page.locator(`[data-node-id="${nodeId}"]`) });
    return await box.evaluate((node) => Number(getComputedStyle(node).zIndex));
  }
});

test("a dry run says what would run, cost and take, against a budget that is remembered for the graph", async () => {
  const { page } = app;
  await app.openGraph(graphOf("Dry", "Write."));
  await app.head("second").click();
  await page.keyboard.press("Alt+Enter");
  const dialog = page.getByRole("dialog", { name: "Dry run" });
  const together = dialog.getByRole("row", { name: /^Together/ });
  await expect(together).toContainText("3");
  await expect(together).toContainText("less than $0.01");
  await expect(dialog).toContainText("This machine knows no times yet");
  await dialog.getByRole("radio", { name: "To here" }).click();
  await expect(together.getByRole("cell").first()).toHaveText("2");

  const budget = dialog.getByRole("textbox", { name: "Budget in dollars" });
  await budget.fill("a lot");
  await expect(budget).toHaveAttribute("aria-invalid", "true");
  await budget.fill("0.00001");
  await expect(dialog.getByRole("status")).toContainText("over the budget");
  await budget.fill("1.50");
  await expect(dialog.getByRole("status")).toContainText("Within the budget");
  await dialog.getByRole("button", { name: "Run within $1.50" }).click();
  await reaches("second", "succeeded");
  await expect(app.node("apart")).toHaveAttribute("data-status", "idle");

  await page.reload();
  await page.getByRole("button", { name: "More ways to run" }).click();
  await page.getByRole("menuitem", { name: /^Dry run/ }).click();
  await expect(budget).toHaveValue("1.50");
});
