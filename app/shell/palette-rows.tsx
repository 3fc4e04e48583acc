import { FilePlay, FileText } from "lucide-react";
import type { ReactNode } from "react";
import { titleOf } from "../../src/graph/describe/describe.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import type { Catalogue } from "../../src/nodes/definition/catalogue.ts";
import type { StudioInfo } from "../../src/studio/contract.ts";
import { NodeIcon } from "../node-look/node-icon.tsx";
import { addNodeInView } from "../stores/add-nodes.ts";
import { documentsStore } from "../stores/documents.ts";
import { entriesWith, findable, type PaletteEntry } from "../stores/entries.ts";
import { focusNode } from "../stores/focus-node.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import type { Listed } from "../ui/search-list.tsx";
import { t } from "../words/words.ts";
import { type Action, actionGroups, groupWords, shownKeys } from "./actions.ts";

/** One row of the command palette. */
export type PaletteRow = Listed & {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly detail?: string;
  readonly keys?: string | undefined;
  readonly onPoint?: (on: boolean) => void;
  readonly run: () => void;
};

type Findings = {
  readonly actions: readonly Action[];
  readonly nodes: readonly GraphNode[] | undefined;
  readonly openId: string | undefined;
  readonly recent: readonly { readonly id: string; readonly name: string }[];
  readonly examples: readonly { readonly id: string; readonly title: string }[];
  readonly host: StudioInfo["host"] | undefined;
  readonly catalogue: Catalogue;
};

/** All that can be found now, in the order of the groups. */
export function paletteRows(from: Findings): readonly PaletteRow[] {
  const { actions, nodes, openId, recent, examples, host, catalogue } = from;
  return [
    ...groupsInOrder.flatMap((group) => actions.flatMap((action) => ofAction(action, group, host))),
    ...(nodes ?? []).map(ofNode),
    ...entriesWith(catalogue).map(ofNewNode),
    ...recent.filter(({ id }) => id !== openId).map(ofDocument),
    ...examples.map(ofExample),
  ];
}

/** What is harmless comes first, so that Enter pressed too early does nothing that costs. */
const groupsInOrder = ["Canvas", ...actionGroups.filter((group) => group !== "Canvas")] as const;

function ofAction(
  action: Action,
  group: Action["group"],
  host: StudioInfo["host"] | undefined,
): readonly PaletteRow[] {
  const { id, label, also, enabled, why, detail, needsOwnName, changes, onPoint, run } = action;
  if (action.group !== group || id === "palette") return [];
  const disabled = enabled?.() === false;
  const about = disabled && why ? why() : detail?.();
  return [
    {
      ...{
        id: `action:${id}`,
        name: label,
        label,
        group: groupWords(group),
        also: also ?? [],
        disabled,
        run,
      },
      keys: shownKeys(action, host),
      ...(needsOwnName ? { needsOwnName } : {}),
      ...(changes ? { changes } : {}),
      ...(about ? { detail: about } : {}),
      ...(disabled && about ? { why: about } : {}),
      ...(onPoint ? { onPoint } : {}),
    },
  ];
}

function ofNode(node: GraphNode): PaletteRow {
  const title = titleOf(node, graphViewStore.getState().describe(node));
  return {
    ...{ id: `node:${node.id}`, name: title, label: title, also: [node.type], group: t("shell.goToNode") },
    icon: <NodeIcon type={node.type} params={node.data.params} />,
    run: () => focusNode(node.id),
  };
}

function ofNewNode(entry: PaletteEntry): PaletteRow {
  return {
    ...findable(entry),
    ...{ label: entry.title, group: t("shell.addANode"), quiet: !entry.common },
    ...(entry.missing ? { detail: entry.missing } : {}),
    icon: <NodeIcon type={entry.type} params={entry.params} />,
    run: () => void addNodeInView(entry),
  };
}

function ofDocument({ id, name }: { readonly id: string; readonly name: string }): PaletteRow {
  return {
    ...{ id: `graph:${id}`, name, label: name, group: t("shell.open"), aside: true },
    icon: <FileText size={14} />,
    run: () => void documentsStore.getState().open(id),
  };
}

function ofExample({ id, title }: { readonly id: string; readonly title: string }): PaletteRow {
  return {
    ...{
      id: `example:${id}`,
      name: title,
      label: t("shell.exampleTitle", { title }),
      also: ["example"],
      group: t("shell.open"),
    },
    aside: true,
    icon: <FilePlay size={14} />,
    run: () => void documentsStore.getState().openExample(id),
  };
}
