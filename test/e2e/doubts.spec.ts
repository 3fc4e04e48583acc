import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openServer, openStudio } from "./open-studio.ts";
import { accountId } from "./posting-graph.ts";
import { namedGraph } from "./studio-page.ts";

// The second goes on with what the first left.
test.describe.configure({ mode: "serial" });

const key = `sk_${randomBytes(32).toString("hex")}`;
const { app } = openStudio();
/** Takes each of these creates and loses its answer, the first time; and that of the first post. */
const server = openServer({
  faults: [
    { match: { kind: "image", promptIncludes: "lost" }, times: 8, fault: { type: "resetAfter" } },
    { match: { kind: "publish" }, nth: 1, fault: { type: "resetAfter" } },
  ],
});

const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
const reaches = (nodeId: string, status: string) =>
  expect(app.node(nodeId)).toHaveAttribute("data-status", status);
const generated = async () => (await server.posts()).filter(({ path }) => path.includes("/generate")).length;
const list = (page: Page) => page.getByRole("dialog", { name: /in doubt$/ });

test("eight doubts are said once, and settled together by keys, with the money said before", async () => {
  const { page } = app;
  await app.chooseServer(server.url, key);
  await app.openGraph(
    namedGraph(
      "Lost",
      [
        ...ids.map((id, place) => {
          const node = nodeOf(
            id,
            "generate",
            { family: "image", model: "nano-banana-2", prompt: `A lost ${id}` },
            { position: { x: (place % 4) * 380, y: Math.floor(place / 4) * 560 } },
          );
          return { ...node, data: { ...node.data, title: `Picture ${id}` } };
        }),
        nodeOf(
          "z",
          "generate",
          { family: "image", model: "z-image", prompt: "A harbour" },
          { position: { x: 0, y: 1120 } },
        ),
        nodeOf(
          "post",
          "publish",
          { platform: "instagram", accountId, caption: "Hello" },
          { position: { x: 380, y: 1120 } },
        ),
      ],
      [wireOf("z.out > post.media")],
    ),
  );
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await app.reviewPosts();
  await page
    .getByRole("dialog", { name: /^Post to/ })
    .getByRole("button", { name: "Approve and post" })
    .click();
  // One mark and one button, whatever their number.
  const mark = page.getByRole("button", { name: /9 steps in doubt/ });
  await expect(mark).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Settle 9 doubts" })).toBeVisible();
  await app.settled();
  expect(await generated()).toBe(9);

  await page.keyboard.press("Alt+o");
  const dialog = list(page);
  await expect(dialog).toHaveAccessibleName("9 steps in doubt");
  await expect(dialog.getByText("0 of 8 ticked")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Leave out" })).toBeDisabled();
  await expect(dialog.getByText(/^On the server since .+: 8 images\.$/).first()).toBeVisible();
  await expect(dialog.getByText(/may have been charged/).first()).toBeVisible();
  if (process.env["CATWALK_SHOTS"]) await shots(page, "list");

  // Nothing is ticked by itself; the arrows walk, Space ticks.
  const tick = (id: string) => dialog.getByRole("checkbox", { name: `Tick: Picture ${id}` });
  await expect(dialog.locator("input:focus")).toHaveCount(1);
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await expect(tick("c")).toBeChecked();
  await expect(dialog.getByText(/^3 of 8 ticked, about \$/)).toBeVisible();
  await dialog.getByRole("button", { name: "Make again 3…" }).press("Enter");

  const again = page.getByRole("dialog", { name: /^Make 3 steps again for about \$\d+\.\d\d\?$/ });
  await expect(again).toContainText(/This costs about \$\d+\.\d\d once more/);
  await expect(again).toContainText("you pay twice");
  await expect(again).toContainText("cannot be taken back");
  await expect(again.getByRole("button", { name: "Back" })).toBeFocused();
  const make = again.getByRole("button", { name: /^Make 3 again for about/ });
  await expect(make).toBeDisabled();
  if (process.env["CATWALK_SHOTS"]) await shots(page, "again");
  // Put aside, nothing has been sent.
  await page.keyboard.press("Escape");
  await expect(dialog.getByText(/^3 of 8 ticked/)).toBeVisible();
  expect(await generated()).toBe(9);

  await dialog.getByRole("button", { name: "Make again 3…" }).click();
  await again.getByRole("switch", { name: "I looked at the server and they are not there" }).press("Space");
  await make.press("Enter");
  for (const id of ["a", "b", "c"]) await reaches(id, "succeeded");
  await expect(dialog).toHaveAccessibleName("6 steps in doubt");
  expect(await generated()).toBe(12);
});

test("one that was settled in another window is said, and the others are settled", async ({ context }) => {
  const { page } = app;
  // The run on show is known a moment after the window is there.
  await expect(page.getByRole("button", { name: /in doubt/ }).first()).toBeVisible();
  await page.keyboard.press("Alt+o");
  const dialog = list(page);
  await dialog.getByRole("button", { name: "Tick all" }).click();
  await expect(dialog.getByText(/^5 of 5 ticked/)).toBeVisible();
  await dialog.getByRole("button", { name: "Leave out 5" }).click();
  const leave = page.getByRole("dialog", { name: "Leave 5 steps out?" });
  await expect(leave).toContainText("cannot be taken back");

  const other = await context.newPage();
  await other.goto(page.url());
  await other.locator('[data-node-id="d"]').getByRole("button", { name: "Leave out" }).click();
  await expect(other.locator('[data-node-id="d"]')).toHaveAttribute("data-status", "skipped");
  await other.close();
  await leave.getByRole("button", { name: "Leave 5 out" }).click();
  await expect(dialog.getByRole("alert")).toHaveText(
    /^“Picture d” was not settled: This step is not in doubt any more\. .* The other 4 were\.$/,
  );
  for (const id of ["d", "e", "f", "g", "h"]) await reaches(id, "skipped");

  // A post has its own question, and the list waits for it.
  await expect(dialog).toHaveAccessibleName("1 step in doubt");
  await expect(dialog.getByRole("checkbox")).toHaveCount(0);
  await dialog.getByRole("button", { name: /^Settle: / }).click();
  const post = page.getByRole("dialog", { name: /may have been sent$/ });
  await post.getByRole("button", { name: "It went out", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "Nothing is in doubt" })).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("button", { name: /in doubt/ })).toHaveCount(0);
  expect(await generated()).toBe(12);
  expect((await server.posts()).filter(({ path }) => path.includes("/publish/"))).toHaveLength(1);
});

async function shots(page: Page, name: string): Promise<void> {
  for (const scheme of ["dark", "light"] as const)
    for (const [width, height] of [
      [1440, 900],
      [900, 620],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${process.env["CATWALK_SHOTS"]}/${name}-${scheme}-${width}.png` });
    }
}
