import { amounts } from "./amounts.ts";
import { cli } from "./cli.ts";
import { commands } from "./commands.ts";
import { failures } from "./failures.ts";
import { run } from "./run.ts";
import { server } from "./server.ts";

/** What Catwalk says in English, apart from what only its window says (`app/words/en.ts`). */
export const en = { amounts, cli, failures, commands, run, server } as const;
