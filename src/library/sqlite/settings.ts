import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Settings } from "../ports/settings.ts";
import { guarded } from "./failure.ts";
import type { Immediate } from "./immediate.ts";

const settingRow = z.object({ name: z.string(), json: z.string() });

export function createSettings(database: DatabaseSync): Immediate<Settings> {
  const select = database.prepare("SELECT name, json FROM settings WHERE space = ? ORDER BY name");
  const selectOne = database.prepare("SELECT name, json FROM settings WHERE space = ? AND name = ?");
  const upsert = database.prepare("INSERT OR REPLACE INTO settings (space, name, json) VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM settings WHERE space = ? AND name = ?");
  return {
    get(space, name) {
      const row = settingRow.optional().parse(guarded(() => selectOne.get(space, name)));
      return row && JSON.parse(row.json);
    },
    all: (space) =>
      Object.fromEntries(
        guarded(() => select.all(space))
          .map((row) => settingRow.parse(row))
          .map(({ name, json }) => [name, JSON.parse(json)]),
      ),
    set: (space, name, value) =>
      guarded(() => {
        if (value === undefined) remove.run(space, name);
        else upsert.run(space, name, JSON.stringify(value));
      }),
  };
}
