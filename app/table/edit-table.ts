import { valueAt, withValueAt } from "../../src/base/json-object.ts";
import type { GraphIndex } from "../../src/graph/describe/graph-index.ts";
import { columnPort, type Table } from "../../src/graph/describe/table.ts";
import { originsOf } from "../../src/graph/lists/item-origins.ts";
import { withColumnRenamed } from "../../src/graph/lists/templates.ts";
import { columnNameTrouble } from "../../src/nodes/table/definition.ts";
import { type EditOptions, graphStore } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import { applyTableEdit, type TableEdit } from "./table-edits.ts";

/** The rows of a Table node as they are now. */
export function tableOf(nodeId: string): Table | undefined {
  return graphViewStore.getState().nodes.get(nodeId)?.description?.tableAsWritten;
}

/** One undo step. Edits with the same `merge` in a row are one. */
export function editTable(nodeId: string, edit: TableEdit, merge?: string): void {
  const before = tableOf(nodeId);
  if (!before) return;
  const after = applyTableEdit(before, edit);
  if (after !== before) replaceTable(nodeId, after, merge === undefined ? {} : { merge });
}

/** @param options with `follows` the rows are those the Table was added for: one step with that. */
export function replaceTable(nodeId: string, { columns, rows }: Table, options: EditOptions = {}): void {
  const { graph, edit } = graphStore.getState();
  const was = graph?.nodes.find(({ id }) => id === nodeId)?.data.params;
  if (!was) return;
  const params = { ...was, columns, rows };
  edit({ type: "params", id: nodeId, params, ...(options.follows ? { was } : {}) }, options);
}

/** Why the column cannot be called this; else it is, with its wires and the texts that name it, in one undo step. */
export function renameColumn(nodeId: string, column: number, name: string): string | undefined {
  const table = tableOf(nodeId);
  const before = table?.columns[column]?.name;
  if (!table || before === undefined || before === name) return undefined;
  const trouble = columnNameTrouble(name);
  if (trouble) return trouble;
  if (table.columns.some((other) => other.name === name)) return `Another column is called “${name}”.`;
  const { graph, edit } = graphStore.getState();
  const { index } = graphViewStore.getState();
  const merge = crypto.randomUUID();
  const texts = index ? textsNaming(index, nodeId, before, name) : [];
  editTable(nodeId, { type: "rename-column", column, name }, merge);
  for (const wire of graph?.edges ?? [])
    if (wire.source === nodeId && wire.sourceHandle === columnPort(before))
      edit({ type: "connect", edge: { ...wire, sourceHandle: columnPort(name) }, replaces: [] }, { merge });
  for (const { id, params } of texts) edit({ type: "params", id, params }, { merge });
  return undefined;
}

/** Params of the nodes whose texts name this column of this table, with its new name. */
function textsNaming(index: GraphIndex, tableId: string, before: string, name: string) {
  const { nodes } = originsOf(index);
  return index.graph.nodes.flatMap(({ id, data }) => {
    const origin = nodes.get(id);
    if (origin?.columns.get(before) !== tableId) return [];
    const params = origin.templated.reduce<Readonly<Record<string, unknown>>>((renamed, param) => {
      const text = valueAt(renamed, param);
      return typeof text === "string"
        ? withValueAt(renamed, param, withColumnRenamed(text, before, name))
        : renamed;
    }, data.params);
    return [{ id, params }];
  });
}
