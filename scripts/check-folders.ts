#!/usr/bin/env node
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "oxc-parser";

/**
 * Refuses a cycle between folders: what two folders need of each other belongs in a third below both. Refuses an import
 * past the entrance of a room, too, and SQLite outside the rooms that keep it to themselves.
 *
 *     node scripts/check-folders.ts [ROOT…]      default: app, src and electron of this folder
 *
 * Counts static, dynamic and type imports and re-exports by relative path. A folder and its sub-folder are two.
 * Exits 1 and names each cycle with the imports that tie it, and each import that is refused.
 */

/** Rooms with sub-rooms. The files at the top are the entrances; other rooms import nothing else of it. */
const rooms = ["src/engine", "src/library", "src/studio"];

/** The rest of the product knows a store by its ports, so that another can stand in its place. */
const sqlitePlaces = ["src/library/sqlite/", "src/sandbox/state.ts"];

type Import = { readonly file: string; readonly to: string };

function requestsOf(file: string): readonly { readonly file: string; readonly request: string }[] {
  const text = readFileSync(file, "utf8");
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const requests = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start + 1, moduleRequest.end - 1)),
  ];
  return requests.map((request) => ({ file, request }));
}

/** The groups of folders that all reach each other; a folder by itself is no group. Tarjan's algorithm. */
function cyclesOf(reaches: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (folder: string): void => {
    order.set(folder, order.size);
    lowest.set(folder, order.size - 1);
    open.push(folder);
    for (const next of reaches.get(folder) ?? []) {
      if (!order.has(next)) visit(next);
      else if (!open.includes(next)) continue;
      lowest.set(folder, Math.min(lowest.get(folder) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(folder) !== order.get(folder)) return;
    const group = open.splice(open.indexOf(folder));
    if (group.length > 1) cycles.push(group.sort());
  };
  for (const folder of reaches.keys()) if (!order.has(folder)) visit(folder);
  return cycles;
}

const roots = process.argv.length > 2 ? process.argv.slice(2) : ["app", "src", "electron"];
const files = roots.flatMap((root) => globSync(`${root}/**/*.{ts,tsx}`)).sort();
const requested = files.flatMap(requestsOf);
const imports = requested
  .filter(({ request }) => request.startsWith("."))
  .map(({ file, request }): Import => ({ file, to: normalize(join(dirname(file), request)) }))
  .filter(({ file, to }) => dirname(file) !== dirname(to));
const reaches = new Map<string, Set<string>>();
for (const { file, to } of imports)
  reaches.set(dirname(file), (reaches.get(dirname(file)) ?? new Set()).add(dirname(to)));

const cycles = cyclesOf(reaches);
for (const cycle of cycles) {
  console.error(`These folders reach each other: ${cycle.join(", ")}`);
  for (const { file, to } of imports)
    if (cycle.includes(dirname(file)) && cycle.includes(dirname(to))) console.error(`  ${file} → ${to}`);
}
const trespasses = imports.filter(({ file, to }) =>
  rooms.some((room) => to.startsWith(`${room}/`) && dirname(to) !== room && !file.startsWith(`${room}/`)),
);
for (const { file, to } of trespasses)
  console.error(`Past the entrance of its room: ${file} → ${to}\n  Import it from a file at the room's top.`);
const spills = requested.filter(
  ({ file, request }) => request === "node:sqlite" && !sqlitePlaces.some((place) => file.startsWith(place)),
);
for (const { file } of spills)
  console.error(`SQLite outside ${sqlitePlaces.join(" and ")}: ${file}\n  Ask the library's ports instead.`);
if (cycles.length + trespasses.length + spills.length > 0) process.exit(1);
console.log(`No cycle between ${reaches.size} folders of ${files.length} files.`);
