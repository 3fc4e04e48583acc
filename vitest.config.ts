import { defineConfig } from "vitest/config";
import { compileCache } from "./test/support/compile-cache.ts";

export default defineConfig({
  test: {
    // Most of their time is spent waiting for real programs, so there is room for more of them than processors.
    maxWorkers: 3,
    // A machine may be busy with other things: a test fails by what it sees, not by how long that took.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 90_000 } },
    env: { NODE_COMPILE_CACHE: compileCache },
    projects: [
      // They share no state but what they make themselves, so that files may share a process and its modules.
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"], isolate: false } },
      // The window's stores live as long as the window; each file gets one of its own.
      { extends: true, test: { name: "app", include: ["test/app/**/*.test.{ts,tsx}"] } },
      { extends: true, test: { name: "conformance", include: ["test/conformance/**/*.test.ts"] } },
      { extends: true, test: { name: "integration", include: ["test/integration/**/*.test.ts"] } },
    ],
  },
});
