import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative: the page may be served from any path.
  base: "./",
  plugins: [react()],
  resolve: {
    // From its source, so that neither building nor checking the page needs the SDK built first.
    alias: { "@bocau/client": fileURLToPath(new URL("../client-ts/src/index.ts", import.meta.url)) },
  },
  server: {
    proxy: { "^/(v1|media)/": process.env.BOCAU_URL ?? "http://127.0.0.1:8080" },
  },
});
