import { defineConfig } from "@playwright/test";
import { chromiumPath } from "./test/e2e/chromium.ts";
import { compileCache } from "./test/support/compile-cache.ts";

process.env["NODE_COMPILE_CACHE"] = compileCache;

export default defineConfig({
  testDir: "test/e2e",
  testMatch: "**/*.spec.ts",
  fullyParallel: false,
  workers: 2,
  // A machine may be busy with other things: a test fails by what it sees, not by how long that took.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    trace: "off",
    actionTimeout: 60_000,
    launchOptions: { executablePath: await chromiumPath() },
  },
});
