import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";

const configuration = parse(await readFile("electron-builder.yml", "utf8")) as { files: string[] };

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
