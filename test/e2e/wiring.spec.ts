import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, type Locator, test } from "@playwright/test";
import { nodeOf, wireOf } from "../support/graph-builders.ts";
import { openStudio } from "./open-studio.ts";
import { centre, namedGraph } from "./studio-page.ts";

const photo = fileURLToPath(new URL("../../examples/media/amber-serum.jpg", import.meta.url));

const { app } = openStudio();

const at = (x: number, y: number) => ({ position: { x, y } });
const image = (id: string, x: number, y: number, model = "nano-banana-2") =>
  nodeOf(id, "generate", { family: "image", model, prompt: "A harbour." }, at(x, y));
const music = (id: string, x: number, y: number) =>
  nodeOf(id, "generate", { family: "music", model: "suno-music", prompt: "Waves." }, at(x, y));
const words = (id: string, x: number, y: number) =>
  nodeOf(id, "generate", { family: "text", model: "openrouter-completion", prompt: "Write." }, at(x, y));

const wires = () => app.page.locator(".react-flow__edge");
const port = (nodeId: string, portId: string, side: "source" | "target"): Locator =>
  app.node(nodeId).locator(`.${side}[data-port="${portId}"]`);

test("a wire whose type does not fit is refused with the reason, while it is held and after it is let go", async () => {
  const { page } = app;
  await app.openGraph(namedGraph("Refused", [music("song", 0, 0), image("picture", 420, 0)]));
  const bubble = page.getByRole("alert").filter({ hasText: "does not fit" });
  const start = await centre(port("song", "out", "source"));
  const end = await centre(port("picture", "reference_images", "target"));
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 6 });
  await expect(bubble).toHaveText("Audio does not fit Reference images. It takes an image.");
  await page.mouse.up();
  await expect(bubble).toBeVisible();
  await expect(wires()).toHaveCount(0);
});

test("a wire that would close a circle is refused with the reason", async () => {
  await app.openGraph(
    namedGraph("Circle", [words("first", 0, 0), words("second", 420, 0)], ["first.out > second.prompt"]),
  );
  await app.wire({ card: app.node("second"), port: "out" }, { card: app.node("first"), port: "prompt" });
  await expect(app.page.getByRole("alert").filter({ hasText: "circle" })).toBeVisible();
  await expect(wires()).toHaveCount(1);
});

test("while a wire is drawn, the ports it fits glow and the others step back", async () => {
  const { page } = app;
  await app.openGraph(namedGraph("Glow", [image("one", 0, 0), image("two", 420, 0), music("song", 0, 420)]));
  const glowOf = (nodeId: string, portId: string, side: "source" | "target") =>
    port(nodeId, portId, side).locator("xpath=ancestor::*[@data-glow]");
  const start = await centre(port("one", "out", "source"));
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 60, start.y + 200, { steps: 4 });
  await expect(glowOf("two", "reference_images", "target")).toHaveAttribute("data-glow", "fits");
  await expect(glowOf("two", "prompt", "target")).toHaveAttribute("data-glow", "dim");
  await expect(glowOf("song", "out", "source")).toHaveAttribute("data-glow", "dim");
  await page.mouse.up();
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-glow]")).toHaveCount(0);
});

test("ports tell their type by shape as well as by colour, and a list is drawn twice", async () => {
  const { page } = app;
  const clip = nodeOf("clip", "generate", { family: "video", model: "seedance-2", prompt: "x" }, at(0, 420));
  const save = nodeOf("save", "save", {}, at(840, 0));
  await app.openGraph(
    namedGraph("Shapes", [
      image("picture", 0, 0),
      clip,
      music("song", 420, 0),
      words("text", 420, 420),
      save,
    ]),
  );
  /** How a port's glyph is drawn: element and rounding or turn, and its colour. */
  const look = (nodeId: string, portId: string, side: "source" | "target") =>
    port(nodeId, portId, side)
      .locator("svg")
      .evaluate((svg) => {
        const shapes = [...svg.querySelectorAll("circle, rect")];
        const box = shapes.at(-1)?.getBoundingClientRect();
        const form = shapes.at(-1);
        return {
          shape: [
            form?.tagName,
            form?.hasAttribute("transform") ? "turned" : "",
            box && box.height > box.width * 1.5 ? "tall" : "",
            form?.hasAttribute("stroke-width") ? "ring" : "",
          ].join(" "),
          copies: shapes.length,
          colour: form && getComputedStyle(form).stroke,
        };
      });
  const looks = await Promise.all([
    look("picture", "out", "source"),
    look("clip", "out", "source"),
    look("song", "out", "source"),
    look("text", "out", "source"),
    look("save", "in", "target"),
  ]);
  expect(new Set(looks.map(({ shape }) => shape)).size).toBe(5);
  expect(looks.map(({ copies }) => copies)).toEqual([1, 1, 1, 1, 2]);
  await expect(page.getByRole("button", { name: "Output Image: Image" })).toBeVisible();
  expect(new Set(looks.map(({ colour }) => colour)).size).toBe(5);
});

test("a wire let go over empty canvas offers what fits, and wires what is picked", async () => {
  const { page } = app;
  await app.openGraph(namedGraph("Loose end", [image("picture", 0, 0)]));
  const start = await centre(port("picture", "out", "source"));
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 200, start.y + 120, { steps: 6 });
  await page.mouse.up();
  const quickAdd = page.getByRole("dialog", { name: "Add a node" });
  await expect(quickAdd).toBeVisible();
  // Only what takes an image.
  await expect(quickAdd.getByRole("option", { name: "Publish to Instagram" })).toBeVisible();
  await expect(quickAdd.getByRole("option", { name: "Generate speech" })).toHaveCount(0);
  await page.keyboard.type("save");
  await page.keyboard.press("Enter");
  await expect(app.nodes).toHaveCount(2);
  await expect(wires()).toHaveCount(1);
  // Node and wire are one step.
  await page.keyboard.press("Control+z");
  await expect(app.nodes).toHaveCount(1);
  await expect(wires()).toHaveCount(0);
});

test("a media file dropped on the canvas becomes an Upload that shows it", async () => {
  const { page } = app;
  await app.openGraph(namedGraph("Dropped", [image("picture", 600, 0)]));
  const bytes = await readFile(photo);
  await app.drop(page.locator(".react-flow__pane"), { name: "serum.jpg", mimeType: "image/jpeg", bytes });
  const upload = page.locator('article[data-node-type="upload"]');
  const picture = upload.locator("img");
  await expect(picture).toBeVisible();
  await expect
    .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(0);
  await expect(upload).toContainText("serum.jpg");

  // What is no medium is refused by name.
  await app.drop(page.locator(".react-flow__pane"), { name: "taxes.xlsx", mimeType: "", bytes: "x" });
  await expect(page.getByRole("alert").getByText("“taxes.xlsx” was not taken")).toBeVisible();
  await expect(app.nodes).toHaveCount(2);
});

test("when a model has no such port any more its wire stays, broken, and heals when the port returns", async () => {
  const { page } = app;
  await app.openGraph(
    namedGraph(
      "Broken and healed",
      [image("source", 0, 0), image("target", 420, 0)],
      [wireOf("source.out > target.reference_images", 0)],
    ),
  );
  const before = (await app.exported()).edges;
  const broken = wires().locator("[data-broken]");
  const choose = async (model: RegExp) => {
    await app
      .node("target")
      .getByRole("button", { name: /^Model: / })
      .click();
    await page.getByRole("option", { name: model }).click();
  };
  await expect(wires()).toHaveCount(1);
  await expect(broken).toHaveCount(0);
  await choose(/^Z[- ]Image/);
  await expect(broken).toHaveCount(1);
  await expect(app.node("target")).toHaveAttribute("data-status", "problem");
  expect((await app.exported()).edges).toEqual(before);
  await choose(/^Nano Banana 2/);
  await expect(broken).toHaveCount(0);
  await expect(wires()).toHaveCount(1);
  expect((await app.exported()).edges).toEqual(before);
});
