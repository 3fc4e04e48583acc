import react from "@vitejs/plugin-react";
import { defineConfig, type EnvironmentOptions } from "vite";

/** Native packages stay outside the bundles; everything else is inside, so the packed app needs no other modules. */
const nativePackages = ["electron", "node-av", "@napi-rs/canvas", "sharp"];

function nodeBundle(entry: string, name: string, format: "es" | "cjs"): EnvironmentOptions {
  return {
    consumer: "server",
    resolve: { noExternal: true, external: nativePackages },
    build: {
      ssr: true,
      outDir: "../dist/electron",
      emptyOutDir: false,
      target: "node24",
      minify: false,
      rolldownOptions: {
        input: { [name]: entry },
        external: [/^node:/, /^node-av/, "electron", "@napi-rs/canvas", "sharp"],
        output: {
          format,
          entryFileNames: format === "cjs" ? "[name].cjs" : "[name].js",
          codeSplitting: false,
        },
      },
    },
  };
}

export default defineConfig({
  root: "app",
  base: "./",
  plugins: [react()],
  builder: { sharedConfigBuild: true },
  environments: {
    client: {
      build: {
        outDir: "../dist/renderer",
        emptyOutDir: true,
        // A window needs the contract's types, and a few of its facts: without this all its schemas start with it.
        rolldownOptions: {
          treeshake: { moduleSideEffects: [{ test: /src\/studio\/contract/, sideEffects: false }] },
        },
      },
    },
    main: nodeBundle("electron/main.ts", "main", "es"),
    preload: nodeBundle("electron/preload.ts", "preload", "cjs"),
    editor: nodeBundle("src/editing/worker.ts", "editor", "es"),
    sandbox: nodeBundle("src/sandbox/main.ts", "sandbox", "es"),
  },
});
