import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/unit/**/*.test.ts", "test/integration/**/*.test.ts", "test/app/**/*.test.{ts,tsx}"],
    // Several of them run real programs, and machines may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
