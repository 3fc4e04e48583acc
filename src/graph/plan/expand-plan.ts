import { cellOf } from "../describe/table.ts";
import { cellText, fillerOf } from "../lists/templates.ts";
import { createExpander, type Feed, perItem } from "./outline.ts";
import type { Plan, PlannedStep, StepInput } from "./plan.ts";
import { headsOf, type PlannedInput, type PlannedNode, type PlanOutline } from "./plan-outline.ts";
import { formatItemPath, formatStepId, rowKeysOf } from "./step-id.ts";

/** The steps that follow from an outline: always the same, and sharing whatever they have in common. */
export function expandPlan(graphId: string, graphName: string, outline: PlanOutline): Plan {
  const expander = createExpander(headsOf(outline));
  const tables = new Map(outline.tables.map(({ nodeId, columns, rows }) => [nodeId, { columns, rows }]));
  const nodes = new Map(outline.nodes.map((node) => [node.nodeId, node]));

  function feedOf(input: PlannedInput, node: PlannedNode): Feed<StepInput> {
    const { portId, fromNode, fromPort, hole } = input;
    const common = { portId, fromPort, ...(hole === undefined ? {} : { hole }) };
    const rows = tables.get(fromNode)?.rows;
    if (rows) {
      const fromStep = formatStepId(fromNode, []);
      return mapped(expander.rows(fromNode, node), (row) => ({
        ...common,
        fromStep,
        row: rows[row]?.key ?? "",
      }));
    }
    const source = nodes.get(fromNode);
    if (!source) return { always: [], at: () => [] };
    return mapped(expander.feed(source, node), (fromStep) => ({ ...common, fromStep }));
  }

  function paramsOf(node: PlannedNode): (item: number) => PlannedStep["params"] {
    const fill = fillerOf(node.params, node.templated);
    const cells = new Map(
      node.columns.map(([column, table]) => {
        const { at } = expander.rows(table, node);
        const rows = tables.get(table)?.rows ?? [];
        return [column, (item: number) => rows[at(item)[0] ?? 0]] as const;
      }),
    );
    return (item) =>
      fill((column) => {
        const row = cells.get(column)?.(item);
        return cellText(row && cellOf(row, column));
      });
  }

  const steps = outline.nodes.flatMap((node): PlannedStep[] => {
    const { nodeId, type, title, outputs, reuse, takes } = node;
    const inputs = perItem(node.inputs.map((input) => feedOf(input, node)));
    const params = paramsOf(node);
    let last: { readonly item: number; readonly own: Pick<PlannedStep, "params" | "inputs"> } | undefined;
    return expander.itemsOf(node).map(({ stepId, itemPath, item }) => {
      // Variations of one item follow each other.
      if (last?.item !== item)
        last = { item, own: { params: withKeys(params(item), node, itemPath), inputs: inputs(item) } };
      const step: PlannedStep = { stepId, nodeId, itemPath, type, title, ...last.own, outputs };
      if (!reuse && !takes) return step;
      const take = takes?.[formatItemPath(itemPath).slice(1)];
      return { ...step, ...(reuse ? { reuse } : {}), ...(take === undefined ? {} : { take }) };
    });
  });
  return { graphId, graphName, steps, tables, outline };
}

function mapped<From, To>({ always, at }: Feed<From>, map: (from: From) => To): Feed<To> {
  return { ...(always ? { always: always.map(map) } : {}), at: (item) => at(item).map(map) };
}

/** "result" of the row "red shoe" is "result red shoe". */
function withKeys(
  params: PlannedStep["params"],
  { keyed = [] }: PlannedNode,
  itemPath: readonly string[],
): PlannedStep["params"] {
  if (keyed.length === 0) return params;
  const keys = rowKeysOf(itemPath);
  const named = keyed.map((param) => [param, [String(params[param] ?? ""), ...keys].join(" ")]);
  return { ...params, ...Object.fromEntries(named) };
}
