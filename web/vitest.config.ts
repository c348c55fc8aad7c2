import { defineConfig, mergeConfig } from "vitest/config";
import vite from "./vite.config.js";

export default mergeConfig(
  vite,
  defineConfig({
    test: {
      name: "web",
      environment: "happy-dom",
      include: ["test/**/*.test.{ts,tsx}"],
    },
  }),
);
