/** Pictures and videos of a shape that a platform does not take, as far as their shape is known before anything runs. */

import { counted } from "../../base/words.ts";
import type { GraphIndex } from "../describe/graph-index.ts";
import type { InputPort, OutputPort } from "../describe/ports.ts";
import { cellAtPort } from "../describe/table.ts";
import { nameOf, outputTypes } from "../describe/wires.ts";
import type { Problem } from "../document/problems.ts";
import type { GraphEdge } from "../document/schema.ts";
import { itemsOf } from "../lists/items.ts";

/** Of "9:16"; undefined where it names no shape, such as "auto". */
export function ratioFrom(text: unknown): number | undefined {
  const [, width, height] =
    typeof text === "string" ? (/^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(text) ?? []) : [];
  const ratio = Number(width) / Number(height);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

/** Platforms round as well. */
const TOLERANCE = 0.01;

export function unfitRatios(index: GraphIndex): Problem[] {
  return index.graph.nodes.flatMap((node) => {
    const ports = index.describe(node.id)?.ports.inputs.filter(({ ratios }) => ratios !== undefined) ?? [];
    return ports.flatMap((port) =>
      index
        .incoming(node.id)
        .filter((edge) => edge.targetHandle === port.id)
        .flatMap((edge) => problemOf(index, port, edge)),
    );
  });
}

function problemOf(index: GraphIndex, port: InputPort, edge: GraphEdge): Problem[] {
  const type = outputTypes(index)(edge.source, edge.sourceHandle);
  const rule = type === "media" || type === "text" ? undefined : port.ratios?.byKind[type];
  if (!rule) return [];
  const bad = shapesOf(index, edge).filter(
    ({ ratio }) => ratio < rule.least * (1 - TOLERANCE) || ratio > rule.most * (1 + TOLERANCE),
  );
  const [first] = bad;
  if (!first) return [];
  const where = first.row === undefined ? "" : ` in the row “${first.row}”`;
  const others = bad.length > 1 ? `, and ${counted(bad.length - 1, "other row")} like it` : "";
  return [
    {
      code: "platform-limit",
      severity: "warning",
      message: `What ${nameOf(index, edge.target)} gets${where} is ${wordsOf(first.ratio)}${others}; on ${port.ratios?.platform} ${rule.words}.`,
      remedy:
        "Choose another shape before it, or crop it; else the platform may refuse the post after it is paid.",
      nodeId: edge.target,
      portId: port.id,
    },
  ];
}

type Shape = { readonly ratio: number; readonly row?: string };

/** What comes by a wire, through nodes that leave the frame as it is. */
function shapesOf(index: GraphIndex, from: GraphEdge): readonly Shape[] {
  const seen = new Set<string>();
  let edge: GraphEdge | undefined = from;
  while (edge && !seen.has(edge.source)) {
    const { source, sourceHandle }: GraphEdge = edge;
    seen.add(source);
    const table = itemsOf(index).tables.get(source);
    if (table)
      return table.rows.flatMap((row): Shape[] => {
        const cell = cellAtPort(row, sourceHandle);
        return typeof cell === "object" && cell.width && cell.height
          ? [{ ratio: cell.width / cell.height, row: row.key }]
          : [];
      });
    const output: OutputPort | undefined = index
      .describe(source)
      ?.ports.outputs.find(({ id }) => id === sourceHandle);
    if (output?.ratio !== undefined) return [{ ratio: output.ratio }];
    edge =
      output?.ratioOf === undefined
        ? undefined
        : index.incoming(source).find(({ targetHandle }) => targetHandle === output.ratioOf);
  }
  return [];
}

/** "9:16", or "0.43:1" where it is no usual shape. */
function wordsOf(ratio: number): string {
  const usual = ["1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9", "21:9", "9:21"];
  const named = usual.find((name) => Math.abs((ratioFrom(name) ?? 0) / ratio - 1) < TOLERANCE);
  return named ?? `${ratio.toFixed(2)}:1`;
}
