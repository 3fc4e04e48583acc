import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";

const script = fileURLToPath(new URL("../../scripts/check-folders.ts", import.meta.url));

function check(files: Readonly<Record<string, string>>): { code: number | null; said: string } {
  const root = mkdtempSync(join(tmpdir(), "catwalk-folders-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "app", "src"], {
    cwd: root,
    encoding: "utf8",
  });
  return { code: status, said: stdout + stderr };
}

describe("the folder rule", () => {
  it("lets folders use each other in one direction", () => {
    const { code, said } = check({
      "app/shell/top.tsx": `import { card } from "../canvas/card.ts";\nexport const top = card;`,
      "app/canvas/card.ts": `import type { Words } from "../words/words.ts";\nexport const card: Words = "";`,
      "app/words/words.ts": "export type Words = string;",
    });
    expect(said).toContain("No cycle");
    expect(code).toBe(0);
  });

  it.each([
    ["a type", `import type { Top } from "../shell/top.ts";\nexport type Card = Top;`],
    ["a re-export", `export { top } from "../shell/top.ts";`],
    ["a dynamic import", `export const card = () => import("../shell/top.ts");`],
  ])("refuses a planted cycle that %s closes, and names both imports", (_, text) => {
    const { code, said } = check({
      "app/shell/top.ts": `import * as words from "../words/words.ts";\nexport type Top = typeof words;\nexport const top = 1;`,
      "app/words/words.ts": `export * from "../canvas/card.ts";`,
      "app/canvas/card.ts": text,
    });
    expect(code).toBe(1);
    expect(said).toContain("app/canvas, app/shell, app/words");
    expect(said).toContain("app/canvas/card.ts → app/shell/top.ts");
  });

  it("refuses a folder and its sub-folder that use each other", () => {
    const { code } = check({
      "app/forms/form.ts": `export * from "./fields/field.ts";\nexport type Form = 1;`,
      "app/forms/fields/field.ts": `import type { Form } from "../form.ts";\nexport type Field = Form;`,
    });
    expect(code).toBe(1);
  });

  it("lets another room use what the engine shows at its top", () => {
    const { code, said } = check({
      "app/runs/panel.ts": `import { fold } from "../../src/engine/record.ts";\nexport const panel = fold;`,
      "src/engine/record.ts": `export { fold } from "./record/fold.ts";`,
      "src/engine/record/fold.ts": "export const fold = 1;",
    });
    expect(said).toContain("No cycle");
    expect(code).toBe(0);
  });

  it.each([
    ["engine", "src/studio/runs/runs.ts", "../../engine/polling/poller.ts"],
    ["studio", "app/runs/panel.ts", "../../src/studio/runs/runs.ts"],
    ["library", "src/studio/runs/runs.ts", "../../library/sqlite/ledger.ts"],
  ])("refuses an import past the %s's entrances, also of a type alone", (_, from, request) => {
    const to = join(dirname(from), request);
    const { code, said } = check({
      [from]: `import type { Inner } from "${request}";\nexport type Outer = Inner;`,
      [to]: "export type Inner = 1;",
    });
    expect(code).toBe(1);
    expect(said).toContain(`${from} → ${to}`);
  });

  it("refuses SQLite outside the library's own store and the sandbox's state, types included", () => {
    const { code, said } = check({
      "src/studio/runs/runs.ts": `import type { DatabaseSync } from "node:sqlite";\nexport type Db = DatabaseSync;`,
      "src/library/sqlite/ledger.ts": `import { DatabaseSync } from "node:sqlite";\nexport const db = DatabaseSync;`,
      "src/sandbox/state.ts": `import { DatabaseSync } from "node:sqlite";\nexport const db = DatabaseSync;`,
    });
    expect(code).toBe(1);
    expect(said).toMatch(/src\/studio\/runs\/runs\.ts/);
    expect(said).not.toContain("ledger.ts\n");
    expect(said.match(/SQLite outside/g)).toHaveLength(1);
  });
});
