import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/unit/**/*.test.ts", "test/integration/**/*.test.ts", "test/app/**/*.test.{ts,tsx}"],
    // Most of their time is spent waiting for real programs, so there is room for more of them than processors.
    maxWorkers: 3,
    // A machine may be busy with other things: a test fails by what it sees, not by how long that took.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 90_000 } },
  },
});
