import { indexGraph } from "../../src/graph/describe/graph-index.ts";
import type { PortType } from "../../src/graph/describe/ports.ts";
import { outputTypes } from "../../src/graph/describe/wires.ts";
import type { Graph, GraphNode } from "../../src/graph/document/schema.ts";
import { describeNode } from "../../src/nodes/definitions.ts";
import { useCatalogue } from "../stores/server.ts";
import styles from "./graph-picture.module.css";

/** Cards as the canvas draws them, in the same proportions. */
const CARD = { width: 280, header: 40, media: 170, text: 78 } as const;
const PICTURE = { width: 480, height: 270, margin: 18 } as const;

type Box = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly type: PortType | "none";
};

/** A small picture of a graph: cards where they stand, wires in the colour of what flows. */
export function GraphPicture({ graph }: { readonly graph: Graph }) {
  const describe = describeNode(useCatalogue());
  const index = indexGraph(graph, describe);
  const typeOf = outputTypes(index);
  const boxes = new Map<string, Box>();
  for (const node of graph.nodes) {
    const description = index.describe(node.id);
    if (!description?.runs) continue;
    const output = description.ports.outputs[0];
    const type = output ? typeOf(node.id, output.id) : "none";
    const height = CARD.header + (type === "text" || type === "none" ? CARD.text : CARD.media);
    boxes.set(node.id, { id: node.id, ...placeOf(node, index.nodes), height, type });
  }
  const all = [...boxes.values()];
  if (all.length === 0) return null;
  const left = Math.min(...all.map(({ x }) => x));
  const top = Math.min(...all.map(({ y }) => y));
  const width = Math.max(...all.map(({ x }) => x)) + CARD.width - left;
  const height = Math.max(...all.map((box) => box.y + box.height)) - top;
  const scale = Math.min(
    (PICTURE.width - 2 * PICTURE.margin) / width,
    (PICTURE.height - 2 * PICTURE.margin) / height,
  );
  const x = (PICTURE.width - width * scale) / 2 - left * scale;
  const y = (PICTURE.height - height * scale) / 2 - top * scale;
  return (
    <svg className={styles["picture"]} viewBox={`0 0 ${PICTURE.width} ${PICTURE.height}`} aria-hidden="true">
      <g transform={`translate(${x} ${y}) scale(${scale})`}>
        {graph.edges.map((edge) => {
          const from = boxes.get(edge.source);
          const to = boxes.get(edge.target);
          if (!from || !to) return null;
          const [x1, y1] = [from.x + CARD.width, from.y + CARD.header + 24];
          const [x2, y2] = [to.x, to.y + CARD.header + 24];
          const bend = Math.max(40, (x2 - x1) / 2);
          return (
            <path
              key={edge.id}
              className={styles["wire"]}
              data-type={typeOf(edge.source, edge.sourceHandle)}
              d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            />
          );
        })}
        {all.map((box) => (
          <Card key={box.id} box={box} />
        ))}
      </g>
    </svg>
  );
}

/** A child's position counts from its group, so the picture adds up the way to the top. */
function placeOf(
  node: GraphNode,
  nodes: ReadonlyMap<string, GraphNode>,
): { readonly x: number; readonly y: number } {
  let { x, y } = node.position;
  const seen = new Set([node.id]);
  for (
    let parent = nodes.get(node.parentId ?? "");
    parent && !seen.has(parent.id);
    parent = nodes.get(parent.parentId ?? "")
  ) {
    seen.add(parent.id);
    x += parent.position.x;
    y += parent.position.y;
  }
  return { x, y };
}

function Card({ box }: { readonly box: Box }) {
  const inner = { x: 16, y: CARD.header + 4, width: CARD.width - 32, height: box.height - CARD.header - 20 };
  return (
    <g transform={`translate(${box.x} ${box.y})`} data-type={box.type}>
      <rect className={styles["card"]} width={CARD.width} height={box.height} rx={16} />
      <rect className={styles["title"]} x={16} y={17} width={96} height={10} rx={5} />
      {box.type === "text" || box.type === "none" ? (
        <>
          <rect className={styles["line"]} x={16} y={inner.y + 10} width={inner.width} height={9} rx={4.5} />
          <rect
            className={styles["line"]}
            x={16}
            y={inner.y + 32}
            width={inner.width * 0.62}
            height={9}
            rx={4.5}
          />
        </>
      ) : (
        <>
          <rect className={styles["media"]} {...inner} rx={10} />
          <Sign box={box} cx={CARD.width / 2} cy={inner.y + inner.height / 2} />
        </>
      )}
    </g>
  );
}

const waves = [14, 34, 22, 40, 26, 12];

/** What the card makes, by shape as well as by colour. */
function Sign({ box, cx, cy }: { readonly box: Box; readonly cx: number; readonly cy: number }) {
  if (box.type === "video")
    return <path className={styles["sign"]} d={`M${cx - 15} ${cy - 20} l36 20 l-36 20 z`} />;
  if (box.type === "audio")
    return (
      <path
        className={styles["stroke"]}
        d={waves.map((half, n) => `M${cx - 60 + 24 * n} ${cy - half} V${cy + half}`).join(" ")}
      />
    );
  return (
    <>
      <circle className={styles["sign"]} cx={cx + 44} cy={cy - 26} r={14} />
      <path className={styles["sign"]} d={`M${cx - 96} ${cy + 60} l62 -78 l44 50 l28 -28 l58 56 z`} />
    </>
  );
}
