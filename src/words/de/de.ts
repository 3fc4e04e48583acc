import type { en } from "../en/en.ts";
import type { Translation } from "../message.ts";
import { amounts } from "./amounts.ts";
import { cli } from "./cli.ts";
import { commands } from "./commands.ts";
import { failures } from "./failures.ts";
import { run } from "./run.ts";
import { server } from "./server.ts";

export const de: Translation<typeof en> = { amounts, cli, failures, commands, run, server };
