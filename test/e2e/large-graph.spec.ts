import { expect, type Page, test } from "@playwright/test";
import type { GraphNode } from "../../src/graph/schema.ts";
import { nodeOf } from "../support/graph-builders.ts";
import { type LaunchedStudio, launchStudio } from "./launch-studio.ts";
import { namedGraph, studioPage } from "./studio-page.ts";

/** 300 nodes and 400 wires: prompts feed generated texts and pictures, and files collect them and each other's prompts. */
function largeGraph() {
  const place = (index: number) => ({ x: (index % 20) * 360, y: Math.floor(index / 20) * 480 });
  const nodes: GraphNode[] = [];
  const add = (id: string, type: string, params: Record<string, unknown>) => {
    nodes.push({ ...nodeOf(id, type, params), position: place(nodes.length) });
  };
  const wires: string[] = [];
  for (let index = 0; index < 140; index++)
    add(`prompt-${index}`, "prompt", { text: `A quiet street, number ${index}` });
  for (let index = 0; index < 50; index++) {
    const isPicture = index < 10;
    add(`made-${index}`, "generate", {
      family: isPicture ? "image" : "text",
      model: isPicture ? "nano-banana-2" : "openrouter-completion",
      prompt: "",
      modelParams: {},
    });
    wires.push(wire(`prompt-${index}`, `made-${index}`, "prompt"));
  }
  for (let index = 0; index < 110; index++) {
    add(`file-${index}`, "save", { name: `file ${index}` });
    wires.push(wire(`prompt-${index}`, `file-${index}`, "text"));
    wires.push(wire(`prompt-${(index + 7) % 140}`, `file-${index}`, "text"));
    if (index < 50) wires.push(wire(`made-${index}`, `file-${index}`, index < 10 ? "in" : "text"));
    else wires.push(wire(`prompt-${(index + 31) % 140}`, `file-${index}`, "text"));
  }
  for (let index = 0; index < 20; index++) wires.push(wire(`prompt-${index}`, `file-${index + 60}`, "text"));
  return namedGraph("Three hundred", nodes, wires);
}

const wire = (from: string, to: string, port: string) => `${from}.out > ${to}.${port}`;

/** Collects tasks that held the window's thread, in milliseconds, from now on. */
async function watchLongTasks(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map((entry) => entry.duration)),
    ).observe({
      type: "longtask",
    });
    Object.assign(window, { longTasks: tasks });
  });
  return () => page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
}

let studio: LaunchedStudio;
test.beforeAll(async () => {
  studio = await launchStudio({ speed: "max" });
});
test.afterAll(() => studio.close());

// Alone: it measures time.
test("a graph of 300 nodes opens quickly, and stays smooth while panned, dragged and run", {
  tag: "@alone",
}, async ({ page }) => {
  test.setTimeout(240_000);
  const app = studioPage(page);
  const graph = largeGraph();
  expect([graph.nodes.length, graph.edges.length]).toEqual([300, 400]);
  await app.open(studio.url);
  await app.openGraph(graph);
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();

  // The machine is shared: three passes of at most five must hold.
  const passes: { openMs: number; longestMs: number }[] = [];
  const held = () => passes.filter(({ openMs, longestMs }) => openMs < 4000 && longestMs <= 200).length;
  while (passes.length < 5 && held() < 3) {
    const startedAt = Date.now();
    await page.reload();
    await app.head("prompt-0").click();
    const openMs = Date.now() - startedAt;

    const longTasks = await watchLongTasks(page);
    await pan(page);
    await drag(page);
    await app.run();
    await app.settled();
    await expect(page.getByText("300 of 300 done")).toBeVisible();
    passes.push({ openMs, longestMs: Math.max(0, ...(await longTasks())) });
  }
  console.log(
    passes.map(({ openMs, longestMs }) => `open ${openMs} ms, longest task ${longestMs} ms`).join("\n"),
  );
  expect(held()).toBeGreaterThanOrEqual(3);
});

/** The wheel moves the canvas, as a touchpad does. */
async function pan(page: Page): Promise<void> {
  await page.mouse.move(700, 500);
  for (const [x, y] of [
    [120, 0],
    [0, 120],
    [-120, 0],
    [0, -120],
  ] as const) {
    for (let step = 0; step < 10; step++) await page.mouse.wheel(x, y);
  }
}

async function drag(page: Page): Promise<void> {
  const box = await page.locator('article[data-node-id="prompt-0"] header').boundingBox();
  if (!box) throw new Error("The first card is not on the screen.");
  await page.mouse.move(box.x + 60, box.y + 10);
  await page.mouse.down();
  // Out and back, so that each pass finds the card where it was.
  for (let step = 1; step <= 60; step++) {
    const far = step <= 30 ? step : 60 - step;
    await page.mouse.move(box.x + 60 + far * 6, box.y + 10 + far * 4);
  }
  await page.mouse.up();
}
