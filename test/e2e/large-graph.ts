import type { Page } from "@playwright/test";
import type { Graph, GraphNode } from "../../src/graph/document/schema.ts";
import { nodeOf } from "../support/graph-builders.ts";
import { namedGraph } from "./studio-page.ts";

/** 300 nodes and 400 wires: prompts feed generated texts and pictures, and files collect them and each other's prompts. */
export function largeGraph(): Graph {
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

/** The wheel moves the canvas, as a touchpad does. */
export async function pan(page: Page): Promise<void> {
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

/** Drags the first card out and back, so that each pass finds it where it was. */
export async function drag(page: Page): Promise<void> {
  const box = await page.locator('article[data-node-id="prompt-0"] header').boundingBox();
  if (!box) throw new Error("The first card is not on the screen.");
  await page.mouse.move(box.x + 60, box.y + 10);
  await page.mouse.down();
  for (let step = 1; step <= 60; step++) {
    const far = step <= 30 ? step : 60 - step;
    await page.mouse.move(box.x + 60 + far * 6, box.y + 10 + far * 4);
  }
  await page.mouse.up();
}
