import { expect, type Page, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { launchSandbox } from "./launch-studio.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph, watchStatuses } from "./studio-page.ts";

const { studio, app } = openStudio({
  speed: "60",
  faults: [
    { match: { promptIncludes: "long wait" }, fault: { type: "slow", ms: 120_000, what: "job" } },
    { match: { promptIncludes: "short wait" }, fault: { type: "slow", ms: 4000, what: "job" } },
    // The first of each of two runs, not what a person sends again.
    { match: { kind: "image", promptIncludes: "lost answer" }, times: 2, fault: { type: "resetAfter" } },
  ],
});

const at = (x: number, y: number) => ({ position: { x, y } });
const image = (id: string, prompt: string, x: number, y: number) =>
  nodeOf(id, "generate", { family: "image", model: "z-image", prompt }, at(x, y));
/** A picture after other pictures. */
const after = (id: string, prompt: string, x: number, y: number) =>
  nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt }, at(x, y));
const words = (id: string, prompt: string, x: number, y: number) =>
  nodeOf(id, "generate", { family: "text", model: "openrouter-completion", prompt }, at(x, y));

/** Text becomes a picture that is kept; another picture has nothing to do with them. Made anew under each name. */
const branches = (name: string, prompt: string) =>
  namedGraph(
    name,
    [
      words("text", `Write of ${name}.`, 0, 0),
      image("picture", prompt, 380, 0),
      nodeOf("kept", "save", { name: "kept" }, at(760, 0)),
      image("apart", `A harbour apart, ${name}.`, 380, 480),
    ],
    // A save takes both, so it depends on both; the prompt of the picture is its own.
    [wireOf("text.out > kept.text", 0), wireOf("picture.out > kept.in", 0)],
  );

/** Waits until the card of a node shows this status. */
const reaches = (nodeId: string, status: string, page = app.page) =>
  expect(page.locator(`[data-node-id="${nodeId}"]`)).toHaveAttribute("data-status", status);
const standing = (page = app.page) => page.getByRole("contentinfo").getByRole("status");

test("statuses come in order, and progress only ever grows", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "In order",
      [
        words("text", "Write in order.", 0, 0),
        image("picture", "", 380, 0),
        nodeOf("kept", "save", {}, at(760, 0)),
      ],
      ["text.out > picture.prompt", wireOf("picture.out > kept.in", 0)],
    ),
  );
  const statuses = await watchStatuses(page);
  const progress = await watchProgress(page);
  await app.run();
  await expect(page.getByRole("progressbar", { name: "Progress of the run" })).toHaveAttribute(
    "aria-valuemax",
    "3",
  );
  await reaches("kept", "succeeded");
  await app.settled();
  const seen = await statuses();
  expect(seen["Generate text"]?.slice(-2)).toEqual(["running", "succeeded"]);
  expect(seen["Generate image"]?.slice(-3)).toEqual(["waiting", "running", "succeeded"]);
  expect(seen["Save"]?.at(0)).toBe("idle");
  expect(seen["Save"]?.at(-1)).toBe("succeeded");
  const values = await progress();
  expect(values.length).toBeGreaterThan(1);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  await expect(standing()).toHaveText("Done");
});

test("a press of Run is not offered again before its run is there", async () => {
  const { page } = app;
  await app.openGraph(branches("Pressed once", "A harbour after a long wait."));
  await page.evaluate(() => {
    const offers: string[] = [];
    const note = () => {
      for (const button of document.querySelectorAll<HTMLButtonElement>("header button")) {
        const label = button.textContent ?? "";
        const offer = `${label}${button.disabled ? ", off" : ""}`;
        if (/^(Run|Checking…|Cancel)$/.test(label) && offers.at(-1) !== offer) offers.push(offer);
      }
    };
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
    Object.assign(window, { offers });
  });
  await app.run();
  await reaches("picture", "running");
  expect(await page.evaluate(() => (window as unknown as { offers: string[] }).offers)).toEqual([
    "Run",
    "Checking…, off",
    "Cancel",
  ]);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await app.settled();
});

test("cancel in the middle stops new work and says what goes on at the server", async () => {
  const { page } = app;
  await app.openGraph(branches("Cancelled", "A harbour after a long wait."));
  await app.run();
  await reaches("apart", "succeeded");
  await reaches("text", "succeeded");
  await expect(app.node("text").getByRole("img", { name: "Done" })).toBeVisible();
  await reaches("picture", "running");
  await expect(app.node("picture")).toContainText(/in_progress|locked|idle/);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await reaches("picture", "cancelled");
  await reaches("kept", "cancelled");
  await expect(app.node("picture")).toContainText("the job goes on at the server");
  await expect(standing()).toHaveText("Cancelled");
  // What was finished stays.
  await reaches("apart", "succeeded");
  await expect(app.node("apart").locator("img")).toBeVisible();
});

test("a create whose answer was lost waits for a person, who may leave it out or have it made again", async () => {
  const { page } = app;
  await app.openGraph(branches("Doubt", "A lost answer."));
  await app.run();
  await reaches("picture", "in-doubt");
  await reaches("apart", "succeeded");
  const card = app.node("picture").getByRole("region", { name: "In doubt" });
  await expect(card).toContainText("May have been sent. Check, then decide.");
  await expect(card).toContainText("Less than $0.01 may have been charged.");
  await expect(card).toContainText("Make again: costs less than $0.01 once more.");
  await card.getByRole("button", { name: "Check" }).click();
  const dialog = page.getByRole("dialog", { name: /may have been sent/ });
  await expect(dialog.getByRole("button", { name: "Make again" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Leave out" }).click();
  await reaches("picture", "skipped");
  await reaches("kept", "skipped");

  await app.settled();
  await app.run();
  await reaches("picture", "in-doubt");
  await card.getByRole("button", { name: "Make again…" }).click();
  await dialog.getByRole("switch", { name: "I looked at the server and it is not there" }).click();
  await dialog.getByRole("button", { name: "Make again" }).click();
  await reaches("picture", "succeeded");
  await reaches("kept", "succeeded");
});

test("a second window and a reloaded one show the same run as the first", async ({ context }) => {
  const { page } = app;
  await app.openGraph(branches("Two windows", "A harbour after a short wait."));
  const other = await context.newPage();
  await other.goto(new URL("/", studio.url).href);
  await expect(other.locator("[data-node-id]")).toHaveCount(4);
  await app.run();
  await reaches("picture", "running", other);
  await reaches("text", "succeeded", other);

  await page.reload();
  await reaches("picture", "running");
  await reaches("text", "succeeded");
  await reaches("kept", "waiting");
  await expect(page.getByRole("progressbar", { name: "Progress of the run" })).toBeVisible();
  for (const window of [page, other]) {
    await reaches("kept", "succeeded", window);
    await expect(window.locator('[data-node-id="picture"] img')).toBeVisible();
    await expect(standing(window)).toHaveText("Done");
  }
  // The log of the reloaded window is whole, from the first event on.
  const logOf = async (window: Page) => {
    await window.getByRole("tab", { name: "Log" }).click();
    const lines = window.getByRole("tabpanel").getByRole("listitem");
    await expect(lines.last()).toBeVisible();
    return lines.allInnerTexts();
  };
  expect(await logOf(page)).toEqual(await logOf(other));
});

test("a problem keeps a run from starting, is marked and brought into view", async () => {
  const { page } = app;
  const graph = branches("Problem", "A harbour.");
  await app.openGraph({
    ...graph,
    nodes: [...graph.nodes, image("far", "", 4000, 3000)],
  });
  await expect(app.node("far")).not.toBeInViewport();
  await app.run();
  await expect(app.node("far")).toBeInViewport();
  await reaches("far", "problem");
  const problems = page.getByRole("list", { name: "Problems" });
  await expect(problems.getByRole("button").first()).toContainText("Prompt");
  await expect(standing()).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
});

test("Retry runs the failed step and what depends on it, and asks nothing of the steps before it", async () => {
  const { page } = app;
  const server = await launchSandbox({
    faults: [
      {
        match: { kind: "image", promptIncludes: "doomed" },
        times: 1,
        fault: { type: "failed", errorMessage: "The model refused this prompt." },
      },
    ],
  });
  try {
    await app.chooseServer(server.url, `sk_${"5".repeat(64)}`);
    await app.openGraph(
      namedGraph(
        "Retried",
        [
          image("first", "A harbour.", 0, 0),
          after("picture", "A doomed harbour.", 380, 0),
          after("last", "The same harbour at night.", 760, 0),
          image("apart", "A harbour apart.", 380, 520),
        ],
        [wireOf("first.out > picture.reference_images", 0), wireOf("picture.out > last.reference_images", 0)],
      ),
    );
    await app.run();
    await page.getByRole("dialog").getByRole("button", { name: /^Run/ }).click();
    await reaches("picture", "failed");
    await reaches("last", "skipped");
    await reaches("apart", "succeeded");
    await app.settled();
    const card = app.node("picture");
    await expect(card.getByRole("alert")).toContainText("The model refused this prompt");
    await expect(card.getByRole("alert")).toContainText("It may have been charged; your balance tells.");
    await expect(app.node("last")).toContainText("Skipped");
    await expect(standing()).toHaveText("Failed");

    const before = await server.posts();
    await card.getByRole("button", { name: "Retry" }).click();
    await reaches("last", "succeeded");
    await reaches("picture", "succeeded");
    await app.settled();
    await expect(standing()).toHaveText("Done");
    const asked = (await server.posts()).slice(before.length).map(({ path }) => path);
    // Two creates and nothing else: what came before is neither made nor sent again.
    expect(asked).toEqual([
      expect.stringMatching(/image\/generate$/),
      expect.stringMatching(/image\/generate$/),
    ]);
    await expect(app.node("last").locator("img")).toBeVisible();
  } finally {
    await server.close();
  }
});

/** Notes each value of the run's progress bar from now on. */
async function watchProgress(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const values: number[] = [];
    new MutationObserver(() => {
      const bar = document.querySelector('[role="progressbar"][aria-label="Progress of the run"]');
      const now = Number(bar?.getAttribute("aria-valuenow") ?? Number.NaN);
      if (!Number.isNaN(now) && values.at(-1) !== now) values.push(now);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
    Object.assign(window, { seenProgress: values });
  });
  return () => page.evaluate(() => (window as unknown as { seenProgress: number[] }).seenProgress);
}
