import { randomBytes } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { nodeOf, tableOf } from "../support/graph-builders.ts";
import { openServer, openStudio } from "./open-studio.ts";
import { accountId } from "./posting-graph.ts";
import { namedGraph } from "./studio-page.ts";

test.use({ viewport: { width: 1440, height: 900 } });

const { app } = openStudio({ forEach: true, speed: "30" });
/** There posts ask. One job goes on and on, and the answer to one create is lost. */
const server = openServer({
  faults: [
    { match: { promptIncludes: "held" }, fault: { type: "slow", ms: 600_000, what: "job" } },
    { match: { kind: "inference", promptIncludes: "lost" }, nth: 1, fault: { type: "resetAfter" } },
  ],
});
const key = `sk_${randomBytes(32).toString("hex")}`;

const image = (id: string, prompt: string, x: number, y: number) =>
  nodeOf(
    id,
    "generate",
    { family: "image", model: "z-image", prompt, modelParams: { seed: 1 } },
    { position: { x, y } },
  );

/** One picture goes on and on, so the run does; one is posted, and of one nobody can say whether it was made. */
const graph = () =>
  namedGraph(
    "Steady",
    [
      image("held", "held back", 0, 0),
      image("quick", "A quick one", 420, 0),
      image("doubtful", "This answer is lost", 0, 520),
      nodeOf(
        "post",
        "publish",
        { platform: "instagram", accountId, caption: "A post" },
        {
          position: { x: 840, y: 0 },
        },
      ),
    ],
    ["quick.out > post.media"],
  );

test("nothing in the top bar, the strip or the inspector moves while a text is edited, a run goes on and asks", async () => {
  const { page } = app;
  await app.chooseServer(server.url, key);
  await app.openGraph(graph());
  const bars = await watchPlaces(page, "header, footer");
  await app.head("held").click();
  const settings = await watchPlaces(page, 'aside[aria-label="Inspector"]');
  await app
    .node("held")
    .getByRole("textbox", { name: /^Prompt/ })
    .first()
    .fill("held back, at dusk");
  const state = page.locator('[role="status"]', { hasText: /^(Keeping…|Edited|Not saved|Saved)$/ });
  await expect(state).not.toHaveText("Keeping…");
  await app.run();
  await page
    .getByRole("dialog", { name: /^Run on/ })
    .getByRole("button", { name: /^Run/ })
    .click();
  await expect(page.getByRole("button", { name: "Review post", exact: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Settle doubt" })).toBeVisible();
  expect(await settings()).toEqual([]);

  for (const id of ["quick", "held", "post", "doubtful"]) {
    await app.head(id).click();
    await expect(page.getByRole("complementary", { name: "Inspector" })).toBeVisible();
  }
  expect(await bars()).toEqual([]);
});

test("in a result that comes, what is there stays where it is", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph("Coming", [image("one", "A slow one, held", 0, 0), image("two", "A quick one", 420, 0)]),
  );
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  await app.head("two").click();
  await app.run();
  await inspector.getByRole("radio", { name: "Result" }).click();
  const places = await watchPlaces(page, 'aside[aria-label="Inspector"]');
  const shifts = await watchShifts(page, 'aside[aria-label="Inspector"]');
  await expect(app.node("two")).toHaveAttribute("data-status", "succeeded");
  await expect(inspector.getByRole("link", { name: "Download" })).toBeVisible();
  await expect(inspector.getByRole("radio", { name: "Take 1" })).toBeVisible();
  expect(await places()).toEqual([]);
  expect(await shifts()).toEqual([]);
});

test("the arrows to the next item stay under the hand that presses them", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph("Rows", [
      tableOf("t", 12),
      nodeOf("words", "prompt", { text: "About {{t-name}}." }, { position: { x: 400, y: 0 } }),
    ]),
  );
  await app.run();
  await app.settled();
  const next = page.getByRole("button", { name: "Next item" });
  await expect(next).toBeVisible();
  const places = await watchPlaces(page, 'section[aria-label="Item on the cards"]');
  for (let press = 0; press < 11; press++) await next.click();
  await expect(page.getByText("Item 11 of 12")).toBeVisible();
  expect(await places()).toEqual([]);
});

/** Notes every place that each control within has from now on. @returns those with more than one */
async function watchPlaces(page: Page, within: string): Promise<() => Promise<string[]>> {
  const key = await page.evaluate((selector) => {
    const seen = new Map<Element, Set<string>>();
    const look = () => {
      for (const area of document.querySelectorAll(selector)) {
        if (area.closest("article")) continue;
        for (const control of area.querySelectorAll("button, input, textarea, a[href], [role=tab]")) {
          const { left, top, right, width } = control.getBoundingClientRect();
          if (width === 0 || getComputedStyle(control).visibility === "hidden") continue;
          // What stands at the right edge grows to the left, and so on: one of its edges stays.
          const places = seen.get(control) ?? new Set();
          seen.set(control, places.add(`${Math.round(left)} ${Math.round(right)} ${Math.round(top)}`));
        }
      }
      requestAnimationFrame(look);
    };
    look();
    const name = `places ${Math.random()}`;
    Object.assign(window, {
      [name]: () =>
        [...seen].flatMap(([control, places]) => {
          const all = [...places].map((place) => place.split(" "));
          const isSteady = [0, 1].some(
            (edge) => new Set(all.map((one) => `${one[edge]} ${one[2]}`)).size === 1,
          );
          const label = control.getAttribute("aria-label") ?? control.textContent ?? "";
          return isSteady ? [] : [`${label}: ${[...places].join(", ")}`];
        }),
    });
    return name;
  }, within);
  return () =>
    page.evaluate((name) => (window as unknown as Record<string, () => string[]>)[name]?.() ?? [], key);
}

/** Collects what was shifted within, without a press just before, from now on. */
async function watchShifts(page: Page, within: string): Promise<() => Promise<string[]>> {
  await page.evaluate((selector) => {
    const shifts: string[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { hadRecentInput, sources } = entry as PerformanceEntry & {
          hadRecentInput: boolean;
          sources: readonly { node: Node | null }[];
        };
        if (hadRecentInput) continue;
        for (const { node } of sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          if (element?.closest(selector)) shifts.push(element.outerHTML.slice(0, 200));
        }
      }
    }).observe({ type: "layout-shift" });
    Object.assign(window, { seenShifts: shifts });
  }, within);
  return () => page.evaluate(() => (window as unknown as { seenShifts: string[] }).seenShifts);
}
