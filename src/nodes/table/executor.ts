import type { Executor } from "../definition/work.ts";
import type { TableParams } from "./definition.ts";

/** A table makes nothing: its rows are in the plan, and steps read their cells there. */
export const executeTable: Executor<TableParams> = () => ({ kind: "finish", outputs: [] });
