import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "@playwright/test";
import manifest from "../../package.json" with { type: "json" };

/**
 * A Chromium to test with: the one named by CATWALK_CHROMIUM, Playwright's own, the system's, else the one inside the
 * npm package `@sparticuz/chromium` (unpacked once into the temporary folder).
 */
export async function chromiumPath(): Promise<string> {
  const candidates = [process.env["CATWALK_CHROMIUM"], chromium.executablePath(), "/usr/bin/chromium"];
  for (const candidate of candidates) if (candidate && existsSync(candidate)) return candidate;
  // It reuses TMPDIR/chromium whatever its version, so the folder carries the version.
  const folder = join(tmpdir(), `catwalk-chromium-${manifest.devDependencies["@sparticuz/chromium"]}`);
  mkdirSync(folder, { recursive: true });
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    return await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
