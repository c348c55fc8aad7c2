import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["client-ts", "web"],
    testTimeout: 10_000,
  },
});
