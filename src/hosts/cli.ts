#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { parseDollars } from "../base/dollars.ts";
import { guardProcess } from "./process/crash-guard.ts";
import { exitCode, tellFailure } from "./terminal/exit-codes.ts";
import { note, print } from "./terminal/terminal.ts";
import { words } from "./terminal/words.ts";

const { t } = words;

/**
 * The command line. It only parses and dispatches: each command lives in `commands/` and is loaded when it is asked
 * for, so that `catwalk --help` is quick.
 */
const program = new Command("catwalk")
  .description(t("cli.description"))
  .version(manifest.version)
  .exitOverride()
  // What follows the name of a command is its own: `runs` and `runs show` both have --json.
  .enablePositionalOptions()
  .showHelpAfterError(t("cli.seeHelp"))
  .configureOutput({ writeOut: eachLine(print), writeErr: eachLine(note) });

const home = () => new Option("--home <dir>", "data folder (else CATWALK_HOME, else the platform's)");
const server = () =>
  new Option(
    "--server <server>",
    '"sandbox", "live" or the URL of a server; its key comes from CATWALK_API_KEY',
  ).default("sandbox");
const sandboxMode = () =>
  new Option(
    "--mode <mode>",
    "how the sandbox edits: by local rendering (current) or by editor jobs (legacy)",
  )
    .choices(["current", "legacy"])
    .default("current");
const speed = () =>
  new Option("--speed <x>", 'divides the sandbox\'s durations; "max" is no waiting at all')
    .argParser(parseSpeed)
    .default(20);
const faults = () => new Option("--faults <file>", "rules by which the sandbox misbehaves (docs/sandbox.md)");
const despiteDoubts = () =>
  new Option(
    "--despite-doubts",
    "with --yes: also make again what an earlier run may have made and charged; it may be charged twice",
  );
const deadline = () =>
  new Option(
    "--deadline <time>",
    'how long a remote job is waited for: "90s", "10m", "2h" (default: 15m, and 60m for videos, edits and posts)',
  ).argParser(parseDuration);
/** Known only to say why it is not taken. */
const noPublish = () => new Option("--publish").hideHelp();
const port = (fallback: number) =>
  new Option("--port <n>", "port on 127.0.0.1; 0 picks a free one").argParser(parsePort).default(fallback);

/** Of every command that may start the sandbox. */
const sandboxOptions = () => [home(), sandboxMode(), speed(), faults()];

/** A command that follows a run to its end; what `run`, `resume` and `retry` share is said here alone. */
function runCommand(name: "run" | "resume" | "retry", { yes, out }: Readonly<Record<"yes" | "out", string>>) {
  const command = program.command(name).description(t(`cli.${name}`));
  const options = [
    server(),
    new Option("--yes", yes),
    despiteDoubts(),
    new Option("--out <dir>", `where results and run.json go (default: ${out})`),
    deadline(),
    new Option("--json", "print one event per line on stdout and nothing else"),
    ...sandboxOptions(),
  ];
  return withOptions(command, options);
}

function withOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

const paid = "make paid jobs on the named server without asking";
const asTold = "as the run was told, else out/RUN_ID";

runCommand("run", { yes: paid, out: "out/RUN_ID" })
  .argument("<graph>", "a graph file, or - for standard input")
  .option("--publish", "let publish steps post on the named server")
  .option("--set <node.param=value>", "change a param for this run; may be repeated", collect)
  .option(
    "--table <[node=]file>",
    "rows for a table from CSV, JSON or a folder of files; may be repeated",
    collect,
  )
  .option("--to <node...>", "run only what these nodes need, and these")
  .option("--dry-run", "say what it would do, reuse, cost and take, and run nothing")
  .option("--fresh", "take nothing from earlier results; posts that went out are never sent again")
  .option("--budget <dollars>", "send no job whose estimate would go above this, e.g. 1.50", parseAmount)
  .option("--assume-price <dollars>", "what a job without a known price counts as, e.g. 0.10", parseAmount)
  .action(async (file, options) => (await import("./commands/run.ts")).run(file, options));

runCommand("resume", {
  yes: "make what is left of the paid jobs on the named server without asking",
  out: asTold,
})
  .argument("<run>", "the run's id, from catwalk runs")
  .addOption(
    new Option("--in-doubt <what>", "what becomes of creates of which nobody can say whether they arrived")
      .choices(["ask", "retry", "skip"])
      .default("ask"),
  )
  .addOption(noPublish())
  .action(async (run, options) => (await import("./commands/resume.ts")).resume(run, options));

runCommand("retry", { yes: paid, out: asTold })
  .argument("<run>", "the run's id, from catwalk runs")
  .argument("<step>", "the step's id, from catwalk runs show, or its node's where that has one step")
  .addOption(noPublish())
  .action(async (run, step, options) => (await import("./commands/retry.ts")).retry(run, step, options));

program
  .command("validate")
  .description(t("cli.validate"))
  .argument("<graph>", "a graph file, or - for standard input")
  .option("--json", "print the problems as JSON")
  .addOption(home())
  .action(async (file, options) => (await import("./commands/graph-files.ts")).validateFile(file, options));

program
  .command("export")
  .description(t("cli.export"))
  .argument("<graph>", "a graph file, or - for standard input")
  .requiredOption("--with-media <dir>", "the folder to write")
  .addOption(home())
  .action(async (file, options) =>
    (await import("./commands/graph-files.ts")).exportWithMedia(file, options),
  );

withOptions(program.command("sandbox").description(t("cli.sandbox")), sandboxOptions())
  .addOption(port(4010))
  .option("--state <dir>", "where its media, jobs and posts live (default: the data folder's sandbox)")
  .option("--seed <n>", "makes durations and faults repeatable", parseInteger, 1)
  .option("--log <file>", "write one JSON line per request")
  .action(async (options) => (await import("./commands/sandbox.ts")).serveSandbox(options));

withOptions(program.command("serve").description(t("cli.serve")), sandboxOptions())
  .addOption(port(4020))
  .option("--no-open", "do not open a browser")
  .option("--first-example <id>", "open this example when there is no graph yet, e.g. product-clip")
  .action(async (options) => (await import("./commands/serve.ts")).serve(options));

const runs = program
  .command("runs")
  .description(t("cli.runs"))
  .option(
    "--search <words>",
    "only runs with all of these words in graph, server, outcome, prompts or captions",
  )
  .option("--all", "every run, not just the newest 200")
  .option("--json", "print them as JSON")
  .addOption(home())
  .action(async (options) => (await import("./commands/runs.ts")).listRuns(options));

runs
  .command("show")
  .description(t("cli.runsShow"))
  .argument("<run>", "the run's id")
  .option("--json", "print it as JSON")
  .addOption(home())
  .action(async (run, options) => (await import("./commands/runs.ts")).showRun(run, options));

runs
  .command("graph")
  .description(t("cli.runsGraph"))
  .argument("<run>", "the run's id")
  .addOption(home())
  .action(async (run, options) => (await import("./commands/runs.ts")).printGraphOfRun(run, options));

program
  .command("salvage")
  .description(t("cli.salvage"))
  .option("--force", "also when no damage is found")
  .addOption(home())
  .action(async (options) => (await import("./commands/salvage.ts")).salvageHome(options));

const posts = program
  .command("posts")
  .description(t("cli.posts"))
  .option("--search <words>", "only posts with these words in caption, account or graph name")
  .option("--open", "only those of which nobody can say whether they went out")
  .option("--json", "print them as JSON")
  .addOption(home())
  .action(async (options) => (await import("./commands/posts.ts")).listPosts(options));

posts
  .command("settle")
  .description(t("cli.postsSettle"))
  .argument("<run>", "the run's id")
  .argument("<step>", "the step's id, both from catwalk posts --open")
  .addOption(
    new Option("--as <what>", "what you found on the account itself")
      .choices(["sent", "not-sent"])
      .makeOptionMandatory(),
  )
  .addOption(home())
  .action(async (run, step, options) => (await import("./commands/posts.ts")).settlePost(run, step, options));

program
  .command("schema")
  .description(t("cli.schema"))
  .action(async () => (await import("./commands/graph-files.ts")).printSchema());

// A reader that goes away (`| head`) must not end a run in the middle of paid work.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

guardProcess({
  version: manifest.version,
  environment: process.env,
  tell: (lines) => lines.flatMap((line) => line.split("\n")).forEach(note),
  end: () => process.exit(exitCode.bug),
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
  else {
    const told = tellFailure(error);
    // Our own mistake: the guard above reports it.
    if (!told) throw error;
    for (const line of told.lines) note(line);
    process.exitCode = told.exit;
  }
}

function eachLine(tell: (line: string) => void): (text: string) => void {
  return (text) => text.replace(/\n$/, "").split("\n").forEach(tell);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function parseSpeed(text: string): number | "max" {
  if (text === "max") return "max";
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed <= 0)
    throw new InvalidArgumentError('Give a number above 0, or "max".');
  return speed;
}

/** In milliseconds. */
function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (unit === "s" ? 1_000 : unit === "m" ? 60_000 : 3_600_000);
  if (!(ms >= 1_000 && ms <= 24 * 3_600_000))
    throw new InvalidArgumentError('Give a time from "1s" to "24h", such as "90s" or "10m".');
  return ms;
}

/** In microdollars. */
function parseAmount(text: string): number {
  const amount = parseDollars(text);
  if (amount === undefined) throw new InvalidArgumentError('Give an amount of dollars, such as "1.50".');
  return amount;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("Give a port from 0 to 65535.");
  return port;
}

function parseInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError("Give a whole number.");
  return number;
}
