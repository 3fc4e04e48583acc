import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forkEditor } from "../../../src/editing/fork.ts";
import { spawnNode } from "../../../src/hosts/process/spawn.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-spawn-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function entryOf(source: string): Promise<URL> {
  const path = join(folder, "child.mjs");
  await writeFile(path, source);
  return pathToFileURL(path);
}

test.each([
  ["a child of the studio", spawnNode],
  ["a render process", (entry: URL) => forkEditor(entry)],
] as const)(
  "%s gets what a program needs of the system, and no key or anything else of this process's",
  async (_what, start) => {
    vi.stubEnv("CATWALK_API_KEY", "sk_secret");
    vi.stubEnv("WONDA_API_KEY", "sk_secret");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("NODE_OPTIONS", "--no-warnings");
    const entry = await entryOf(`process.send({ names: Object.keys(process.env) }); process.disconnect();`);
    const child = start(entry, []);
    const message = await new Promise((resolve) => child.onMessage(resolve));
    const { names } = message as { names: string[] };
    expect(names).toContain("PATH");
    expect(names.filter((name) => /KEY|CATWALK|WONDA|NODE_OPTIONS|SECRET/.test(name))).toEqual([]);
  },
);

test("a child that cannot be started ends, and this process goes on", async () => {
  const entry = await entryOf("");
  const node = process.execPath;
  process.execPath = join(folder, "no-such-program");
  const child = spawnNode(entry, []);
  process.execPath = node;
  expect(await new Promise((resolve) => child.onExit(resolve))).toBeNull();
});
