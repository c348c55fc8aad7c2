import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "browser",
    include: ["browser/**/*.test.ts"],
    testTimeout: 60_000,
    // A story: what follows a failure fails, too.
    bail: 1,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000, interval: 50 } },
  },
});
