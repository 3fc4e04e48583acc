import { expect, type Page, test } from "@playwright/test";
import productClip from "../../examples/product-clip.json" with { type: "json" };
import { nodeOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { namedGraph } from "./studio-page.ts";

test.use({ viewport: { width: 1600, height: 1000 } });

const { app } = openStudio({ speed: "30", forEach: true });

const openSample = async () => {
  await app.page.getByRole("button", { name: new RegExp(productClip.name) }).click();
  await expect(app.node("instagram")).toHaveAttribute("data-status", "idle");
  await app.page.keyboard.press("f");
};

test("a card has at Run the height it has with its result, and nothing in the window is shifted", async () => {
  const { page } = app;
  await openSample();
  const heights = await watchHeights(page);
  const shifts = await watchShifts(page);
  await app.run();
  for (const id of ["tiktok", "instagram"])
    await expect(app.node(id)).toHaveAttribute("data-status", "succeeded", { timeout: 60_000 });
  await app.settled();
  expect(await shifts()).toEqual([]);
  const seen = await heights();
  // Waiting, running and done are of one height; only the press of Run changes it.
  for (const id of ["scene", "clip", "title", "tiktok", "instagram"])
    expect(
      new Set(seen[id]?.filter(({ status }) => status !== "idle").map(({ height }) => height)),
      id,
    ).toHaveProperty("size", 1);

  // Run again: an old picture stays until the new one is there, so the height stays as well.
  const again = await watchHeights(page);
  await page.getByRole("button", { name: "More ways to run" }).click();
  await page.getByRole("menuitem", { name: /fresh/i }).click();
  await expect(app.node("scene").locator("[data-earlier] img")).toBeVisible();
  await app.settled();
  const rerun = await again();
  for (const id of ["scene", "clip", "title", "tiktok", "instagram"])
    expect(new Set(rerun[id]?.map(({ height }) => height)), JSON.stringify(rerun[id])).toHaveProperty(
      "size",
      1,
    );
});

test("after a cancel a card still shows the take it had", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph("Cancelled", [
      nodeOf("one", "generate", { family: "image", model: "z-image", prompt: "A bay." }),
    ]),
  );
  await app.run();
  await expect(app.node("one")).toHaveAttribute("data-status", "succeeded", { timeout: 60_000 });
  await app.settled();
  const picture = app.node("one").locator("img");
  const source = (await picture.getAttribute("src")) ?? "";
  await page.getByRole("button", { name: "More ways to run" }).click();
  await page.getByRole("menuitem", { name: /fresh/i }).click();
  await expect(app.node("one").locator("[data-earlier] img")).toBeVisible();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(app.node("one")).toHaveAttribute("data-status", "cancelled");
  await app.settled();
  await expect(picture).toBeVisible();
  await expect(picture).toHaveAttribute("src", source);
});

test("posts that ask push what is below them, their group grows with them, and the document stays as it was", async () => {
  const { page } = app;
  await openSample();
  const before = await app.exported();
  const bothAre = async (status: string) => {
    for (const id of ["tiktok", "instagram"])
      await expect(app.node(id)).toHaveAttribute("data-status", status, { timeout: 60_000 });
  };
  await app.run();
  await bothAre("succeeded");
  await app.settled();
  await app.run();
  await bothAre("waiting-for-approval");
  expect(await overlaps(page)).toEqual([]);
  expect((await app.exported()).nodes).toEqual(before.nodes);

  // Run again while they ask: no card shrinks until it asks anew.
  const heights = await watchHeights(page);
  await app.run();
  await expect
    .poll(async () => (await heights())["instagram"]?.map(({ status }) => status))
    .toEqual(expect.arrayContaining(["waiting-for-approval", "waiting"]));
  await bothAre("waiting-for-approval");
  for (const id of ["tiktok", "instagram"]) {
    const seen = (await heights())[id] ?? [];
    expect(Math.min(...seen.map(({ height }) => height)), JSON.stringify(seen)).toBe(seen[0]?.height);
  }

  // While the pointer is on a card that asks, what happens above it does not move its buttons.
  await page.keyboard.press("f");
  const approve = (id: string) => app.node(id).getByRole("button", { name: "Approve" });
  await approve("instagram").hover();
  const place = await approve("instagram").boundingBox();
  await app.node("tiktok").getByRole("button", { name: "Skip" }).press("Enter");
  await expect(app.node("tiktok")).toHaveAttribute("data-status", "skipped");
  expect(await approve("instagram").boundingBox()).toEqual(place);
  await page.mouse.move(400, 900);
  await expect.poll(async () => (await approve("instagram").boundingBox())?.y).toBeLessThan(place?.y ?? 0);

  // Who moves a card keeps what they see, in one undo step.
  await app.head("instagram").hover();
  await page.mouse.down();
  await page.mouse.move(400, 700, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await app.exported()).nodes).not.toEqual(before.nodes);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await app.exported()).nodes).toEqual(before.nodes);
});

test("a toast covers no control, whatever the window's size and whatever is open in it", async () => {
  const { page } = app;
  await openSample();
  await page.getByRole("button", { name: "Nodes", exact: true }).click();
  await page.getByRole("tab", { name: "Timeline" }).click();
  for (const size of [
    { width: 1600, height: 1000 },
    { width: 1000, height: 700 },
    { width: 860, height: 560 },
  ]) {
    await page.setViewportSize(size);
    await page.keyboard.press("Escape");
    // What claims to be a graph and is none is refused with words, which stand there once however often it is.
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", '{"format":"catwalk.graph","version":999}');
      for (let turn = 0; turn < 3; turn++)
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    });
    const toast = page.locator('[role="alertdialog"]', { hasText: "Nothing was pasted" });
    await expect(toast.first()).toBeVisible();
    await expect(toast).toHaveCount(1);
    await expect.poll(() => covered(page), `${size.width} × ${size.height}`).toEqual([]);
  }
  // Where the inspector lies over the canvas, it does not lie over the inspector.
  await page.getByRole("tab", { name: "Timeline" }).click();
  await app.head("scene").click();
  await page.getByRole("button", { name: "Show inspector" }).click();
  const over = await page.getByRole("complementary", { name: "Inspector" }).boundingBox();
  const edge = async () => {
    const box = await page.locator('[role="alertdialog"]').boundingBox();
    return box ? box.x + box.width : Number.POSITIVE_INFINITY;
  };
  await expect.poll(edge, "beside the inspector").toBeLessThanOrEqual((over?.x ?? 0) + 16);
  await page.keyboard.press("Control+,");
  await expect(page.getByRole("dialog", { name: "Settings" })).toBeVisible();
  expect(await covered(page)).toEqual([]);
});

test("with a drawer open in a small window the canvas keeps most of it, and no choice in the inspector is cut", async () => {
  const { page } = app;
  await openSample();
  await app.head("scene").click();
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.getByRole("button", { name: "Nodes", exact: true }).click();
  await expect(page.getByRole("region", { name: "Nodes" })).toBeVisible();
  await expect.poll(async () => (await app.canvas.boundingBox())?.width ?? 0).toBeGreaterThanOrEqual(600);
  await page.getByRole("button", { name: "Show inspector" }).click();
  const inspector = page.getByRole("complementary", { name: "Inspector" });
  const frame = await inspector.boundingBox();
  for (const choice of await inspector.getByRole("radiogroup", { name: "Makes" }).getByRole("radio").all()) {
    const box = await choice.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((frame?.x ?? 0) + (frame?.width ?? 0));
    expect(await choice.evaluate((each) => each.scrollWidth - each.clientWidth)).toBeLessThanOrEqual(0);
  }
});

/** Notes each height of each card with its status, from now on. */
async function watchHeights(
  page: Page,
): Promise<() => Promise<Record<string, { status: string; height: number }[]>>> {
  await page.evaluate(() => {
    const seen: Record<string, { status: string; height: number }[]> = {};
    const note = () => {
      for (const card of document.querySelectorAll<HTMLElement>("article[data-node-id]")) {
        const id = card.dataset["nodeId"] ?? "";
        const list = seen[id] ?? [];
        seen[id] = list;
        const now = { status: card.dataset["status"] ?? "", height: card.offsetHeight };
        const last = list.at(-1);
        if (last?.status !== now.status || last.height !== now.height) list.push(now);
      }
    };
    note();
    const resized = new ResizeObserver(note);
    for (const card of document.querySelectorAll("article[data-node-id]")) resized.observe(card);
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      attributes: true,
      attributeFilter: ["data-status"],
    });
    Object.assign(window, { seenHeights: seen });
  });
  return () =>
    page.evaluate(
      () =>
        (window as unknown as { seenHeights: Record<string, { status: string; height: number }[]> })
          .seenHeights,
    );
}

/** Collects what was shifted without a press just before, from now on. */
async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shifts: string[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { hadRecentInput, sources } = entry as PerformanceEntry & {
          hadRecentInput: boolean;
          sources: readonly { node: Node | null }[];
        };
        if (hadRecentInput) continue;
        for (const { node } of sources)
          shifts.push(node instanceof Element ? node.outerHTML.slice(0, 200) : (node?.textContent ?? "?"));
      }
    }).observe({ type: "layout-shift" });
    Object.assign(window, { seenShifts: shifts });
  });
  return () => page.evaluate(() => (window as unknown as { seenShifts: string[] }).seenShifts);
}

/** Pairs of cards of which one lies over the other, and members that stick out of their group. */
async function overlaps(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const boxes = [...document.querySelectorAll<HTMLElement>("article[data-node-id]")].map((card) => ({
      id: card.dataset["nodeId"] ?? "",
      ...card.getBoundingClientRect().toJSON(),
    }));
    const found: string[] = [];
    for (const [index, a] of boxes.entries())
      for (const b of boxes.slice(index + 1))
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          found.push(`${a.id} and ${b.id}`);
    const group = document.querySelector('[data-node-type="group"]')?.getBoundingClientRect();
    for (const id of ["tiktok", "instagram"]) {
      const box = boxes.find((each) => each.id === id);
      if (group && box && box.bottom > group.bottom) found.push(`${id} and the edge of its group`);
    }
    return found;
  });
}

/** Controls in sight that a toast lies over. */
async function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const toasts = [
      ...document.querySelectorAll<HTMLElement>('[role="dialog"], [role="alertdialog"]'),
    ].filter((each) => each.textContent?.includes("Nothing was pasted"));
    if (toasts.length === 0) return ["no toast"];
    const controls = document.querySelectorAll(
      "button, input, textarea, select, a[href], [role=tab], [role=slider]",
    );
    return [...controls].flatMap((control) => {
      const box = control.getBoundingClientRect();
      if (box.width === 0 || toasts.some((toast) => toast.contains(control))) return [];
      const hit = toasts.some((toast) => {
        const { left, right, top, bottom } = toast.getBoundingClientRect();
        const [x, y] = [
          Math.max(left, box.left) + Math.min(right, box.right),
          Math.max(top, box.top) + Math.min(bottom, box.bottom),
        ].map((sum) => sum / 2);
        const meets = left < box.right && box.left < right && top < box.bottom && box.top < bottom;
        if (!meets || x === undefined || y === undefined) return false;
        // What another part of the window hides there, a card behind the run panel, is not in sight anyway.
        // The toasts stand in one box, which is hit like they are.
        const lane = toast.parentElement ?? toast;
        lane.style.visibility = "hidden";
        const under = document.elementFromPoint(x, y);
        lane.style.visibility = "";
        return under !== null && (control === under || control.contains(under));
      });
      return hit ? [control.outerHTML.slice(0, 120)] : [];
    });
  });
}
