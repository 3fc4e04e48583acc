import fc from "fast-check";
import type { Graph, GraphEdge, GraphNode } from "../../src/graph/document/schema.ts";
import { graphOf, nodeOf, tableOf, wireOf } from "./graph-builders.ts";

/**
 * Graphs that map over tables: columns wired and named in texts, joins, zips, crosses, list ports, variations. Most of
 * them run; what keeps the others from it is that their lists do not go together.
 */

type Choice = {
  readonly kind: "prompt" | "generate" | "collage" | "overlay" | "save";
  /** Where each of its inputs comes from: which of those that fit. */
  readonly picks: readonly number[];
  readonly names: readonly ("none" | "a" | "b")[];
  readonly combine: "zip" | "cross" | undefined;
  readonly holes: "fail" | "use-rest" | undefined;
  readonly variations: number;
};

const choice: fc.Arbitrary<Choice> = fc.record({
  kind: fc.constantFrom("prompt", "generate", "generate", "collage", "overlay", "save"),
  picks: fc.array(fc.nat({ max: 20 }), { minLength: 3, maxLength: 3 }),
  names: fc.array(fc.constantFrom("none", "none", "a", "a", "b"), { minLength: 1, maxLength: 2 }),
  combine: fc.constantFrom("zip", "cross", "cross", undefined),
  holes: fc.constantFrom("fail", "use-rest", undefined),
  variations: fc.constantFrom(1, 1, 1, 2, 3),
});

type Source = { readonly id: string; readonly port: string; readonly kind: "text" | "image" };

export const batchGraph: fc.Arbitrary<Graph> = fc
  .record({
    rows: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 })),
    choices: fc.array(choice, { minLength: 1, maxLength: 6 }),
  })
  .map(({ rows: [a, b], choices }) => {
    const nodes: GraphNode[] = [tableOf("a", a, ["a-name", "a-more"]), tableOf("b", b, ["b-name"])];
    const edges: GraphEdge[] = [];
    const sources: Source[] = [
      { id: "a", port: "column:a-name", kind: "text" },
      { id: "b", port: "column:b-name", kind: "text" },
    ];
    choices.forEach((each, index) => {
      const id = `n${index}`;
      const wire = (kind: Source["kind"], port: string, nth: number): boolean => {
        const fitting = sources.filter((source) => source.kind === kind);
        const pick = each.picks[nth] ?? 0;
        // Now and then nothing is wired, so that texts count.
        const source = pick % 4 === 3 ? undefined : fitting[pick % Math.max(1, fitting.length)];
        if (
          !source ||
          edges.some((edge) => edge.target === id && edge.source === source.id && edge.targetHandle === port)
        )
          return false;
        edges.push({
          ...wireOf(`${source.id}.out > ${id}.${port}`, nth),
          id: `${id}-${port}-${nth}`,
          sourceHandle: source.port,
        });
        return true;
      };
      const text = [id, ...each.names.map((table) => (table === "none" ? "" : `{{${table}-name}}`))].join(
        " ",
      );
      const node = made(each.kind, id, text, wire);
      const { combine, holes, variations } = each;
      nodes.push({
        ...node,
        data: {
          ...node.data,
          items: { ...(combine ? { combine } : {}), ...(holes ? { holes } : {}) },
          ...(variations > 1 ? { variations } : {}),
        },
      });
      if (node.type !== "save")
        sources.push({ id, port: "out", kind: node.type === "prompt" ? "text" : "image" });
    });
    return graphOf(nodes, edges);
  });

function made(
  kind: Choice["kind"],
  id: string,
  text: string,
  wire: (kind: Source["kind"], port: string, nth: number) => boolean,
): GraphNode {
  const image = { family: "image", model: "nano-banana-2" };
  switch (kind) {
    case "prompt":
      return nodeOf(id, "prompt", { text });
    case "generate":
      wire("text", "prompt", 0);
      return nodeOf(id, "generate", { ...image, prompt: text });
    case "collage":
      for (const nth of [0, 1]) wire("image", "reference_images", nth);
      return nodeOf(id, "generate", { ...image, prompt: text });
    case "overlay":
      if (!wire("image", "media_0", 0)) return nodeOf(id, "prompt", { text });
      wire("text", "text", 1);
      return nodeOf(id, "edit", { operation: "textOverlay", text, via: "local" });
    case "save":
      if (!wire("image", "in", 0) && !wire("text", "text", 1)) return nodeOf(id, "prompt", { text });
      wire("image", "in", 2);
      return nodeOf(id, "save", { name: text.replaceAll(/\s+/g, " ").trim() });
  }
}
