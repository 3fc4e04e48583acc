import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = ["app", "src", "electron", "vite.config.ts", "package-lock.json"];

/**
 * The folder with the built window. In a checkout it is built when it is missing or older than its sources, so that
 * every command works right after `npm ci`; it takes about two seconds.
 */
export async function ensureRenderer(): Promise<string> {
  const folder = join(root, "dist/renderer");
  const index = join(folder, "index.html");
  if (!existsSync(index) || (await newestChange()) > statSync(index).mtimeMs) {
    const { createBuilder } = await import("vite");
    // The places in the settings are below the checkout, wherever the command is given.
    const before = process.cwd();
    process.chdir(root);
    try {
      const builder = await createBuilder({ configFile: join(root, "vite.config.ts"), logLevel: "error" });
      await builder.buildApp();
    } finally {
      process.chdir(before);
    }
  }
  return folder;
}

async function newestChange(): Promise<number> {
  let newest = 0;
  for (const source of sources) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    const stat = statSync(path);
    newest = Math.max(newest, stat.isDirectory() ? 0 : stat.mtimeMs);
    if (!stat.isDirectory()) continue;
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
    }
  }
  return newest;
}
