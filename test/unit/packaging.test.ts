import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";

const configuration = parse(await readFile("electron-builder.yml", "utf8")) as {
  files: string[];
  asarUnpack: string[];
  electronFuses: Record<string, boolean>;
};

test("electron-builder's own schema accepts the packaging settings, and would refuse a misspelt one", async () => {
  const packageFile = createRequire(import.meta.url).resolve("app-builder-lib/package.json");
  const schema: object = JSON.parse(await readFile(join(dirname(packageFile), "scheme.json"), "utf8"));
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  expect(validate(configuration), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ ...configuration, fuses: {} })).toBe(false);
});

test("only bundles, native packages and the licence are packed: no sources, tests or settings", () => {
  const [everythingOut, ...rest] = configuration.files;
  expect(everythingOut).toBe("!**/*");
  const packed = rest.filter((pattern) => !pattern.startsWith("!"));
  expect(packed.filter((pattern) => !/^(dist|node_modules)\//.test(pattern))).toEqual([
    "package.json",
    "LICENSE",
  ]);
});

test("what the native packages need at run time is packed with them", async () => {
  // node-av needs it only to fetch a binary that its platform package already holds.
  const onlyToInstall = new Set(["unzipper"]);
  const packed = (name: string) =>
    configuration.files.some(
      (pattern) =>
        pattern === `node_modules/${name}/**` || pattern === `node_modules/${name.split("/")[0]}/**`,
    );
  const missing: string[] = [];
  for (const name of ["sharp", "node-av", "@napi-rs/canvas"]) {
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(
      await readFile(`node_modules/${name}/package.json`, "utf8"),
    );
    for (const needed of [name, ...Object.keys(manifest.dependencies ?? {})])
      if (!packed(needed) && !onlyToInstall.has(needed)) missing.push(needed);
  }
  expect(missing).toEqual([]);
});

test("every packed folder of node_modules is there to be packed", () => {
  const folders = configuration.files
    .filter((pattern) => pattern.startsWith("node_modules/"))
    .map((pattern) => pattern.replace("/**", ""));
  expect(folders.filter((folder) => !existsSync(folder))).toEqual([]);
});

test("of our own code only the programs that are started by themselves leave the archive and its integrity check", () => {
  expect(configuration.asarUnpack.filter((pattern) => !pattern.startsWith("node_modules/"))).toEqual([
    "dist/electron/editor.js",
    "dist/electron/sandbox.js",
  ]);
});

test("the fuses close every way to run or load something else, and none waits for what is not shipped", () => {
  expect(configuration.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    loadBrowserProcessSpecificV8Snapshot: false,
  });
});
