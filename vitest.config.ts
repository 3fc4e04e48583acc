import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/unit/**/*.test.ts", "test/integration/**/*.test.ts", "test/app/**/*.test.{ts,tsx}"],
    // Most of their time is spent waiting for real programs, so there is room for more of them than processors.
    maxWorkers: 3,
    // Machines may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
