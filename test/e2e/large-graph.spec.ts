import { expect, test } from "@playwright/test";
import { drag, largeGraph, pan } from "./large-graph.ts";
import { openStudio } from "./open-studio.ts";

const { app } = openStudio({ speed: "max" });

// How long it takes is measured by `npm run bench -- window`.
test("a graph of 300 nodes opens, is panned and dragged, and runs to its end", async () => {
  const graph = largeGraph();
  expect([graph.nodes.length, graph.edges.length]).toEqual([300, 400]);
  await app.openGraph(graph);
  const { page } = app;
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
  await pan(page);
  await drag(page);
  await app.run();
  await app.settled();
  await expect(page.getByText("300 of 300 done")).toBeVisible();
});
