import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The hub's content security policy allows files of its own origin and nothing inline: no asset may become a data
// address inside of the page, and no script or style element may be written into it.
export default defineConfig({
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: { "/api": "http://127.0.0.1:8080", "/readyz": "http://127.0.0.1:8080", "/healthz": "http://127.0.0.1:8080" },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
