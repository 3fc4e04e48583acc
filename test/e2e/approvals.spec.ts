import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { nodeOf } from "../support/graph-builders.ts";
import { openServer, openStudio } from "./open-studio.ts";
import { postingGraph } from "./posting-graph.ts";

// A post that waits is bound to the graph it was made of, whatever is edited and wherever it is approved.
test.describe.configure({ mode: "serial" });

const key = `sk_${randomBytes(32).toString("hex")}`;

const { app } = openStudio();
/** Somebody's server: there every post waits for a person. */
const server = openServer();

const publishes = async () => (await server.posts()).filter(({ path }) => path.includes("/publish/")).length;
const reaches = (nodeId: string, status: string) =>
  expect(app.node(nodeId)).toHaveAttribute("data-status", status);

async function runWithConsent(page: Page): Promise<void> {
  await app.run();
  await consent(page);
}

async function consent(page: Page): Promise<void> {
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
}

const caption = (nodeId: string) => app.node(nodeId).getByRole("textbox", { name: "Caption" });
const approval = (nodeId: string) => app.node(nodeId).getByRole("region", { name: "Approval" });

test("a post whose caption is changed on its card is not approved as it was, but with the change", async () => {
  const { page } = app;
  await app.chooseServer(server.url, key);
  await app.openGraph(postingGraph("Caption", ["The old words"]));
  await runWithConsent(page);
  await reaches("post0", "waiting-for-approval");
  const approve = approval("post0").getByRole("button", { name: "Approve" });

  // Typed and approved at once, before anything could be drawn of it.
  await caption("post0").fill("The new words");
  await approve.click({ timeout: 1000 }).catch(() => undefined);
  await expect(approval("post0")).toContainText("Changed since: this post still has the old caption.");
  await expect(approve).toBeDisabled();
  expect(await publishes()).toBe(0);
  // Nor by the dialog and its keys.
  await page.getByRole("contentinfo").getByRole("button", { name: "Review post" }).click();
  const dialog = page.getByRole("dialog", { name: /^Post to/ });
  await expect(dialog).toContainText("Changed since: this post still has the old caption.");
  await expect(dialog.getByRole("button", { name: "Approve and post" })).toBeDisabled();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");

  // Taking the change back makes it what it was; where things stand and what they are called is no change.
  await caption("post0").fill("The old words");
  await expect(approve).toBeEnabled();
  await app.head("post0").dblclick({ position: { x: 90, y: 18 } });
  await page.keyboard.type("Morning post");
  await page.keyboard.press("Enter");
  await expect(app.node("post0")).toHaveAccessibleName("Morning post");
  await page.keyboard.press("ArrowRight");
  await expect(approve).toBeEnabled();

  await caption("post0").fill("The new words");
  await approval("post0").getByRole("button", { name: "Run again with the change" }).click();
  await consent(page);
  await expect(approval("post0")).toContainText("The new words");
  await expect(approve).toBeEnabled();
  await approve.click();
  await reaches("post0", "succeeded");
  await app.settled();
  expect(await publishes()).toBe(1);
  await page.getByRole("button", { name: "Posts", exact: true }).click();
  const posts = page.getByRole("region", { name: "Posts" }).getByRole("list", { name: "Posts" });
  await expect(posts.getByRole("listitem")).toHaveCount(1);
  await expect(posts).toContainText("The new words");
});

test("posts that wait never take the keys from who types; the top bar says so, and a key opens them", async () => {
  const { page } = app;
  await app.openGraph(postingGraph("Calm", ["One"]));
  await runWithConsent(page);
  const prompt = app.node("picture0").getByRole("textbox", { name: "Prompt" });
  await prompt.click();
  await page.keyboard.press("End");
  await page.keyboard.type(" and");
  const badge = page.getByRole("button", { name: /^1 post waits for you/ });
  await expect(badge).toBeVisible();
  const told = page.getByText("A post waits for you.", { exact: true });
  await expect(told).toBeVisible();
  await page.keyboard.type(" more");
  await expect(prompt).toHaveValue("Calm 0 and more");
  await expect(prompt).toBeFocused();
  await expect(page.getByRole("dialog", { name: /^Post to/ })).toHaveCount(0);

  await page.reload();
  await expect(badge).toBeVisible();
  await expect(page.getByRole("dialog", { name: /^Post to/ })).toHaveCount(0);
  await page.keyboard.press("Alt+P");
  const dialog = page.getByRole("dialog", { name: /^Post to/ });
  await dialog.getByRole("button", { name: "Discard the old post" }).click();
  await reaches("post0", "skipped");
  await expect(badge).toHaveCount(0);

  // The word goes with what it is about: with a look at the posts, and with a decision on the card. By itself it would
  // only later, and in this window never.
  await page.evaluate(() => {
    const later = window.setTimeout;
    const sooner = (run: () => void, ms?: number) => (ms !== undefined && ms >= 5000 ? 0 : later(run, ms));
    Object.assign(window, { setTimeout: sooner });
  });
  for (const decide of [
    async () => {
      await page.keyboard.press("Alt+P");
      await expect(told).toHaveCount(0);
      await dialog.getByRole("button", { name: "Skip" }).click();
    },
    () => approval("post0").getByRole("button", { name: "Skip" }).press("Enter"),
  ]) {
    await runWithConsent(page);
    await expect(told).toBeVisible();
    await decide();
    await reaches("post0", "skipped");
    await expect(told).toHaveCount(0);
  }
});

test("the buttons of a post that waits lie over the cards around it", async () => {
  const { page } = app;
  const graph = postingGraph("Tall", ["Above"]);
  const below = nodeOf("note", "prompt", { text: "Below" }, { position: { x: 420, y: 520 } });
  await app.openGraph({ ...graph, nodes: [...graph.nodes, below] });
  await runWithConsent(page);
  await reaches("post0", "waiting-for-approval");
  await app.head("picture0").click();
  await approval("post0").getByRole("button", { name: "Skip" }).click();
  await reaches("post0", "skipped");
});

test("the review shows whole posts only, the last one too, in windows of every size", async () => {
  const { page } = app;
  await app.openGraph(postingGraph("Rows", ["One ".repeat(300), "Two", "Three", "Four", "Five"]));
  await runWithConsent(page);
  for (const index of [0, 1, 2, 3, 4]) await reaches(`post${index}`, "waiting-for-approval");
  await page.keyboard.press("Alt+P");
  const dialog = page.getByRole("dialog", { name: "5 posts wait for your approval" });
  const list = dialog.getByRole("group", { name: "Posts that wait for your approval" });
  await expect(list).toBeVisible();
  for (const size of [
    { width: 1600, height: 1000 },
    { width: 1280, height: 720 },
    { width: 1000, height: 560 },
  ]) {
    await page.setViewportSize(size);
    for (const key of ["Home", "End"]) {
      await list.getByRole("checkbox").first().focus();
      await page.keyboard.press(key);
      await expect(list.locator(`[data-row="${key === "Home" ? 0 : 4}"] input`)).toBeFocused();
      await expect.poll(() => cutRows(page), `${size.width} × ${size.height}, ${key}`).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.keyboard.press("Home");
  await expect.poll(() => wholeRows(page)).toBeGreaterThanOrEqual(3);
  await expect.poll(() => scrollers(page)).toEqual(["Posts that wait for your approval"]);
  // What has no room in its row is read in the whole post, where there is one scroller, too.
  await dialog.getByRole("button", { name: "Whole post" }).first().click();
  await expect(dialog.getByText("One ".repeat(300).trim())).toBeVisible();
  await expect.poll(() => scrollers(page)).toHaveLength(1);
  await dialog.getByRole("button", { name: "Back to all 5" }).click();
  await expect(list).toBeVisible();
  await dialog.getByRole("button", { name: "Skip 5" }).click();
  await app.settled();
});

/** What can be scrolled in the review. */
async function scrollers(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('[role="dialog"] *')].flatMap((element) => {
      const { overflowY } = getComputedStyle(element);
      const more = element.scrollHeight - element.clientHeight;
      return /auto|scroll/.test(overflowY) && more > 1
        ? [element.getAttribute("aria-label") ?? element.className]
        : [];
    }),
  );
}

async function wholeRows(page: Page): Promise<number> {
  return page.evaluate(() => {
    const list = document.querySelector('[aria-label="Posts that wait for your approval"]');
    const frame = list?.getBoundingClientRect() ?? new DOMRect();
    return [...(list?.querySelectorAll("[data-row]") ?? [])].filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= frame.top - 0.5 && bottom <= frame.bottom + 0.5;
    }).length;
  });
}

/** Rows of the review that an edge of the list, the dialog or the window goes through. */
async function cutRows(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const list = document.querySelector('[aria-label="Posts that wait for your approval"]');
    const body = list?.closest('[role="dialog"]');
    if (!list || !body) return ["no list"];
    const frames = [list, body].map((each) => each.getBoundingClientRect());
    const top = Math.max(0, ...frames.map((frame) => frame.top));
    const bottom = Math.min(window.innerHeight, ...frames.map((frame) => frame.bottom));
    return [...list.querySelectorAll<HTMLElement>("[data-row]")].flatMap((row) => {
      const box = row.getBoundingClientRect();
      const isOut = box.bottom <= top + 2 || box.top >= bottom - 2;
      const isWhole = box.top >= top - 0.5 && box.bottom <= bottom + 0.5;
      return isOut || isWhole
        ? []
        : [`row ${row.dataset["row"]}: ${box.top} to ${box.bottom} of ${top} to ${bottom}`];
    });
  });
}

test("of several posts the changed one is held back, and the rest goes out", async () => {
  const { page } = app;
  const before = await publishes();
  await app.openGraph(postingGraph("Several", ["First", "Second"]));
  await runWithConsent(page);
  await reaches("post0", "waiting-for-approval");
  await reaches("post1", "waiting-for-approval");
  await app.node("picture1").getByRole("textbox", { name: "Prompt" }).fill("Another picture");
  await expect(approval("post1")).toContainText("Changed since: this post still has the old picture.");

  await page.keyboard.press("Alt+P");
  const dialog = page.getByRole("dialog", { name: "2 posts wait for your approval" });
  await expect(dialog.getByText("1 of 2 ticked")).toBeVisible();
  await expect(dialog).toContainText("1 post is out of date");
  await dialog.getByRole("button", { name: "Tick all" }).click();
  await expect(dialog.getByText("1 of 2 ticked")).toBeVisible();
  await dialog.getByRole("button", { name: "Approve and post 1" }).click();
  await expect.poll(publishes).toBe(before + 1);
  await reaches("post0", "succeeded");
  const single = page.getByRole("dialog", { name: /^Post to/ });
  await single.getByRole("button", { name: "Discard the old post" }).click();
  await app.settled();
  await reaches("post1", "skipped");
  expect(await publishes()).toBe(before + 1);
});
