import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { signIn } from "../support/sign-in.ts";
import { openServer, openStudio } from "./open-studio.ts";
import { accountId, postingGraph } from "./posting-graph.ts";
import { namedGraph } from "./studio-page.ts";

// Each goes on with what the one before posted.
test.describe.configure({ mode: "serial" });

const key = `sk_${randomBytes(32).toString("hex")}`;

const { studio, app } = openStudio();
/** Loses the answer to two posts. */
const server = openServer({
  faults: ["lost", "mislaid"].map((promptIncludes) => ({
    match: { kind: "publish", promptIncludes },
    nth: 1,
    fault: { type: "resetAfter" },
  })),
});

const publishes = async () => (await server.posts()).filter(({ path }) => path.includes("/publish/")).length;
const reaches = (nodeId: string, status: string) =>
  expect(app.node(nodeId)).toHaveAttribute("data-status", status);
const approvals = (page: Page) => page.getByRole("dialog", { name: /wait for your approval$/ });

async function runToPosts(page: Page): Promise<void> {
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await app.reviewPosts();
}

test("several posts are ticked, looked at and approved at once by keys, and only those go out", async () => {
  const { page } = app;
  await app.chooseServer(server.url, key);
  const captions = Array.from({ length: 7 }, (_, index) => `Picture number ${index + 1}`);
  await app.openGraph(postingGraph("Seven", captions));
  await runToPosts(page);
  const dialog = approvals(page);
  await expect(dialog).toHaveAccessibleName("7 posts wait for your approval");
  await expect(dialog.getByText("7 of 7 ticked")).toBeVisible();

  const first = dialog.getByRole("checkbox", { name: /^Approve: Publish to Instagram/ }).first();
  // It begins at the first that waited, wherever that stands.
  await expect(dialog.locator("input:focus")).toHaveCount(1);
  await page.keyboard.press("Home");
  await expect(first).toBeFocused();
  await page.keyboard.press("Space");
  await expect(dialog.getByText("6 of 7 ticked")).toBeVisible();
  expect(await publishes()).toBe(0);

  // Enter goes through those that were not seen; only then it approves.
  await expect(async () => {
    await page.keyboard.press("Enter");
    await expect(dialog.getByRole("button", { name: /^Approve and post 6$/ })).toBeVisible({ timeout: 900 });
  }).toPass();
  expect(await publishes()).toBe(0);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /^Post to .+ on Instagram\?/ })).toContainText(
    "Picture number 1",
  );
  await expect.poll(publishes).toBe(6);
  await page
    .getByRole("dialog", { name: /^Post to/ })
    .getByRole("button", { name: "Skip this post" })
    .click();
  await app.settled();
  await reaches("post0", "skipped");
  expect(await publishes()).toBe(6);
});

test("posts of a batch say which row each is of", async () => {
  const { page } = app;
  const rows = ["hat", "shoe"].map((row) => ({ key: row, cells: { thing: `A red ${row}` } }));
  await app.openGraph(
    namedGraph(
      "Rows",
      [
        nodeOf("t", "table", { columns: [{ name: "thing", type: "text" }], rows }),
        nodeOf("g", "generate", { family: "image", model: "z-image", prompt: "{{thing}}" }),
        nodeOf("p", "publish", { platform: "instagram", accountId, caption: "{{thing}}" }),
      ].map((node, place) => ({ ...node, position: { x: place * 400, y: 0 } })),
      [wireOf("g.out > p.media")],
    ),
  );
  const before = await publishes();
  await runToPosts(page);
  const dialog = approvals(page);
  await expect(dialog.getByText("2 of 2 ticked")).toBeVisible();
  const post = (row: string) =>
    dialog.getByRole("checkbox", { name: `Approve: Publish to Instagram, ${row}, to` });
  await expect(post("hat")).toBeVisible();
  await expect(post("shoe")).toBeVisible();
  await expect(dialog.getByText("hat", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "Skip 2" }).click();
  await app.settled();
  expect(await publishes()).toBe(before);
});

test("what would repeat an earlier post is not ticked, and says when that one went out", async () => {
  const { page } = app;
  await app.openGraph(postingGraph("Again", ["Once more", "New"], "Lighthouse"));
  await runToPosts(page);
  await expect(approvals(page).getByText("2 of 2 ticked")).toBeVisible();
  await approvals(page).getByRole("button", { name: "Skip", exact: true }).last().click();
  const single = page.getByRole("dialog", { name: /^Post to/ });
  await expect(single).toContainText("Once more");
  await single.getByRole("button", { name: "Approve and post" }).click();
  await reaches("post0", "succeeded");
  await app.settled();

  // The same pictures under other words: of one prompt and seed the sandbox makes one picture.
  const before = await publishes();
  await app.openGraph(postingGraph("Other words", ["Other words", "New, too"], "Lighthouse"));
  await runToPosts(page);
  const dialog = approvals(page);
  await expect(dialog).toContainText(/The same image went to this account just now/);
  await expect(dialog.getByText("0 of 2 ticked")).toBeVisible();
  await expect(dialog.getByRole("button", { name: /^Approve and post/ })).toBeDisabled();
  await dialog.getByRole("button", { name: "Tick the 1 new" }).click();
  await expect(dialog.getByText("1 of 2 ticked")).toBeVisible();
  await dialog.getByRole("button", { name: "Skip", exact: true }).first().click();
  await single.getByRole("button", { name: "Skip this post" }).click();
  await app.settled();
  expect(await publishes()).toBe(before);
});

test("a post in doubt that was left so still asks for a word on its card and in the inspector", async () => {
  const { page } = app;
  await app.openGraph(postingGraph("Left so", ["This one is mislaid"], "Mist"));
  await runToPosts(page);
  await page
    .getByRole("dialog", { name: /^Post to/ })
    .getByRole("button", { name: "Approve and post" })
    .click();
  await reaches("post0", "in-doubt");
  await app.settled();
  const before = await publishes();
  // As another window, or `catwalk resume --in-doubt skip`, does it.
  const { client, close } = await signIn(studio.url);
  const [post] = (await client.ledger.list({ limit: 1 })).posts;
  await client.runs.settleDoubt({
    ...{ runId: post?.runId ?? "", stepId: "post0", attempt: post?.attempt ?? 0 },
    decision: "skip",
  });
  close();
  await reaches("post0", "skipped");
  await expect(app.node("post0")).toHaveAttribute("data-asks");
  await expect(page.getByRole("button", { name: /1 step in doubt/ })).toBeVisible();
  await app.node("post0").getByText("Publish to Instagram").first().click();
  for (const place of [
    app.node("post0").getByRole("region", { name: "In doubt" }),
    page.getByRole("region", { name: "State" }),
  ]) {
    await expect(place).toContainText("May have been sent.");
    await expect(place.getByRole("button", { name: "It did not go out" })).toBeVisible();
  }
  await app
    .node("post0")
    .getByRole("region", { name: "In doubt" })
    .getByRole("button", { name: "It went out" })
    .click();
  await reaches("post0", "succeeded");
  expect(await publishes()).toBe(before);
});

test("a post in doubt shows what the server has, blocks an equal one, and is settled by a person", async () => {
  const { page } = app;
  await app.openGraph(postingGraph("Doubt", ["This one is lost"], "Fog"));
  await runToPosts(page);
  await page
    .getByRole("dialog", { name: /^Post to/ })
    .getByRole("button", { name: "Approve and post" })
    .click();
  await reaches("post0", "in-doubt");
  const doubt = app.node("post0").getByRole("region", { name: "In doubt" });
  await expect(doubt).toContainText("It may have gone out to @catwalk.studio on Instagram.");
  await expect(doubt).toContainText("It did not go out: you are asked before it is sent once more.");
  await app.settled();
  const before = await publishes();
  const icon = page.getByRole("navigation", { name: "Drawers" }).getByRole("button", { name: /^Posts/ });
  await expect(icon).toHaveAccessibleName("Posts, 1 waits for your word");
  await expect(icon).toHaveText("1");

  await app.openGraph(postingGraph("Doubt again", ["The same picture"], "Fog"));
  await app.run();
  const consent = page.getByRole("dialog", { name: /^Run on/ });
  await expect(consent).toContainText("Held back: nobody can say whether an earlier post");
  await expect(consent.getByRole("definition")).toHaveText(["1 post", "1 step", "free"]);
  await consent.getByRole("button", { name: /^Run/ }).click();
  await app.reviewPosts();
  const approval = page.getByRole("dialog", { name: /^Post to/ });
  await expect(approval).toContainText("nobody can say whether it went out");
  await expect(approval.getByRole("button", { name: "Approve and post" })).toBeDisabled();
  await page.keyboard.press("Escape");

  await icon.click();
  const drawer = page.getByRole("region", { name: "Posts" });
  await drawer.getByRole("button", { name: /This one is lost/ }).click();
  await expect(drawer).toContainText("A post on this account with this media was made at");
  await drawer.getByRole("button", { name: "It went out" }).click();
  await expect(icon).toHaveAccessibleName("Posts");
  await expect(icon).toHaveText("");

  // What waits has changed by that.
  await app.reviewPosts();
  await expect(approval).toContainText("The same image went to this account just now.");
  await approval.getByRole("button", { name: "Skip this post" }).click();
  await expect(drawer.getByText("Went out, you said").first()).toBeVisible();
  await app.settled();
  expect(await publishes()).toBe(before);
});

test("the posts drawer finds, filters, exports and leads to the run", async () => {
  const { page } = app;
  await page.keyboard.press("Alt+5");
  const drawer = page.getByRole("region", { name: "Posts" });
  const rows = drawer.getByRole("list", { name: "Posts" }).getByRole("listitem");
  await expect(drawer.getByRole("status")).toHaveText("9 posts");
  await drawer.getByRole("searchbox", { name: "Search posts" }).fill("number zebra");
  await expect(drawer).toContainText("No post fits.");
  await drawer.getByRole("searchbox", { name: "Search posts" }).fill("number");
  await expect(rows).toHaveCount(6);
  await drawer.getByRole("searchbox", { name: "Search posts" }).fill("");
  await expect(rows).toHaveCount(9);
  await drawer.getByRole("combobox", { name: "What became of it" }).click();
  await page.getByRole("option", { name: "Settled by you" }).click();
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText("This one is lost");

  const download = page.waitForEvent("download");
  await drawer.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "As CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("posts.csv");
  const csv = await readFile(await file.path(), "utf8");
  expect(csv.trim().split("\r\n")).toHaveLength(3);
  expect(csv).toContain("This one is lost");
  expect(csv).not.toContain(key);
  expect(csv).not.toContain(studio.home);

  await rows.first().getByRole("button").first().click();
  await rows.first().getByRole("button", { name: "Show the run" }).click();
  await expect(page.getByRole("textbox", { name: "Graph name" })).toHaveValue("Doubt");
  await reaches("post0", "succeeded");
});

test("a node may post without asking on this machine, which the settings list and take back", async () => {
  const { page } = app;
  await app.openGraph(postingGraph("Quiet", ["First of its kind"], "Meadow"));
  await runToPosts(page);
  const approval = page.getByRole("dialog", { name: /^Post to/ });
  await approval.getByRole("switch", { name: "Do not ask again" }).click();
  await approval.getByRole("button", { name: "Approve and post" }).click();
  await reaches("post0", "succeeded");
  await app.settled();
  // Nothing of it is in the file.
  expect(await app.exportText()).not.toMatch(/unasked|ask again/i);

  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const rules = settings.getByRole("list", { name: "Posts without asking" });
  await expect(rules).toContainText("“Publish to Instagram” to @catwalk.studio");
  await rules.getByRole("button", { name: "Ask again" }).click();
  await expect(settings).toContainText("Every post asks.");
});
