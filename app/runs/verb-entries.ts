import type { Commands } from "../stores/commands.ts";
import { graphStore } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { hideNodes, showNodes } from "../stores/highlight.ts";
import { runStore } from "../stores/run.ts";
import type { MenuEntry } from "../ui/menu.tsx";
import { count } from "../words/words.ts";
import { runControlStore } from "./run-control.ts";
import { selectionOf, type VerbId, type VerbScope, verbScope, verbs } from "./verbs.ts";

const selectedNow = (): readonly string[] => [...graphStore.getState().selectedNodeIds];

/** As things stand now. @param selected default: what is selected on the canvas. */
export function scopeNow(verb: VerbId, selected = selectedNow()): VerbScope {
  const scope = verbScope(verb, {
    selected,
    index: graphViewStore.getState().index,
    run: runStore.getState().run,
  });
  if (scope.reason === undefined && runControlStore.getState().starting)
    return { ...scope, reason: "Another run is being checked." };
  return scope;
}

export function actVerb(verb: VerbId, commands: Commands, selected = selectedNow()): void {
  if (scopeNow(verb, selected).reason !== undefined) return;
  const selection = selectionOf(verb, selected);
  if (verb === "run-failed") commands.retryFailed();
  else if (!selection) return;
  else if (verb === "dry-run") commands.dryRun(selection);
  else commands.run(selection, { fresh: verb === "run-fresh" });
}

/** Shows on the canvas what the verb would touch, or stops. */
export function previewVerb(verb: VerbId, on: boolean, selected = selectedNow()): void {
  const { nodeIds, reason } = scopeNow(verb, selected);
  if (on && reason === undefined) showNodes(verb, nodeIds);
  else hideNodes(verb);
}

export function scopeWords(verb: VerbId, { nodeIds, reason }: VerbScope): string {
  const { note } = verbs[verb];
  return reason ?? [count(nodeIds.size, "node"), note].filter(Boolean).join(", ");
}

/** A verb in a menu: how many nodes it takes, which ones while it is pointed at, or why it cannot. */
export function verbEntry(
  verb: VerbId,
  commands: Commands,
  more: { readonly label?: string; readonly selected?: readonly string[] } = {},
): MenuEntry {
  const { selected = selectedNow() } = more;
  const scope = scopeNow(verb, selected);
  const { keys } = verbs[verb];
  return {
    kind: "item",
    label: more.label ?? verbs[verb].label,
    detail: scopeWords(verb, scope),
    disabled: scope.reason !== undefined,
    onSelect: () => actVerb(verb, commands, selected),
    onPoint: (on) => previewVerb(verb, on, selected),
    ...(keys ? { keys } : {}),
  };
}
