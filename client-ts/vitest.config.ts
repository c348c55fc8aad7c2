import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "client-ts",
    include: ["test/**/*.test.ts"],
  },
});
