import { writeFileSync } from "node:fs";

/** What a bench found: tables for people, the same for programs, and which aims were missed. */
export type Report = {
  readonly name: string;
  readonly tables: readonly Table[];
  readonly aims: readonly Aim[];
};

export type Table = {
  readonly title: string;
  readonly rows: readonly { readonly [column: string]: string | number }[];
};

/** `warn`: an absolute time, which hangs on the machine; it never fails the bench. */
export type Aim = { readonly text: string; readonly met: boolean; readonly warn?: true };

/** Prints a report, writes it where `--json` says, and sets the exit code. */
export function tell(report: Report, jsonFile: string | undefined): void {
  for (const { title, rows } of report.tables) print(title, rows);
  console.log();
  for (const { text, met, warn } of report.aims)
    console.log(`${met ? "met   " : warn ? "warn  " : "MISSED"}  ${text}`);
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
  if (report.aims.some(({ met, warn }) => !met && !warn)) process.exitCode = 1;
}

function print(title: string, rows: Table["rows"]): void {
  console.log(`\n${title}`);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  for (const line of lines)
    console.log(
      line
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join("  "),
    );
}

function shown(value: string | number | undefined): string {
  if (typeof value !== "number") return value ?? "";
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 0.1 ? 4 : 2);
}
