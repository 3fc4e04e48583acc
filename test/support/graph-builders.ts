import type { UploadFile } from "../../src/graph/document/files.ts";
import { emptyGraph, type Graph, type GraphEdge, type GraphNode } from "../../src/graph/document/schema.ts";

/** Small hands for tests that need a graph. Ids are the test's own, so that failures read well. */

export function nodeOf(
  id: string,
  type: string,
  params: Record<string, unknown> = {},
  extra: Partial<GraphNode> = {},
): GraphNode {
  return { id, type, position: { x: 0, y: 0 }, data: { params }, ...extra };
}

/** `wireOf("a.out > b.prompt")`; the id is the text. Node ids with a dot need an edge written out. */
export function wireOf(text: string, order?: number): GraphEdge {
  const [from = "", to = ""] = text.split(" > ");
  const [source = "", sourceHandle = ""] = from.split(".");
  const [target = "", targetHandle = ""] = to.split(".");
  const data = order === undefined ? {} : { data: { order } };
  return { id: text, source, sourceHandle, target, targetHandle, ...data };
}

export function graphOf(nodes: readonly GraphNode[], wires: readonly (string | GraphEdge)[] = []): Graph {
  return {
    ...emptyGraph("6f1c2a34-9b1d-4f7e-8a5c-0d2e4f6a8b10", "A test"),
    nodes: [...nodes],
    edges: wires.map((wire) => (typeof wire === "string" ? wireOf(wire) : wire)),
  };
}

/** An Upload's file that no check finds fault with. No bytes belong to it. */
export function fileOf(name = "photo.jpg", extra: Partial<UploadFile> = {}): UploadFile {
  return {
    name,
    sha256: "a".repeat(64),
    sizeBytes: 1234,
    kind: "image",
    mimeType: "image/jpeg",
    path: name,
    ...extra,
  };
}

/** Prompts in a row are the cheapest chain: `length` text overlays on one uploaded picture. */
export function chainOf(length: number): Graph {
  const overlays = Array.from({ length }, (_, index) =>
    nodeOf(`n${index + 1}`, "edit", { operation: "textOverlay", text: "words" }),
  );
  return graphOf(
    [nodeOf("n0", "upload", { file: fileOf() }), ...overlays],
    overlays.map((_, index) => wireOf(`n${index}.out > n${index + 1}.media_0`)),
  );
}

/** A table of texts: `count` rows `r0`, `r1` …, whose cells say column and row. */
export function tableOf(id: string, count: number, columns: readonly string[] = [`${id}-name`]): GraphNode {
  return nodeOf(id, "table", {
    columns: columns.map((name) => ({ name, type: "text" })),
    rows: Array.from({ length: count }, (_, row) => ({
      key: `r${row}`,
      cells: Object.fromEntries(columns.map((name) => [name, `${name} ${row}`])),
    })),
  });
}
