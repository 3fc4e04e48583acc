import fc from "fast-check";
import { editOperationNames } from "../../src/editing/operations.ts";
import type { Graph, GraphEdge, GraphNode } from "../../src/graph/document/schema.ts";
import { builtInCatalogue } from "../../src/nodes/catalogue-data.ts";
import { describeNode, nodeTypes } from "../../src/nodes/definitions.ts";
import { fileOf, graphOf, nodeOf } from "./graph-builders.ts";

const describe = describeNode(builtInCatalogue);

/** JSON values, nasty keys included, of the kind that unknown fields hold. */
export const arbitraryJson = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.dictionary(
    fc.constantFrom("constructor", "toString", "hasOwnProperty", "$ref", "", "a/b", "a.b"),
    fc.jsonValue(),
  ),
);

const arbitraryText = fc.oneof(fc.constant(""), fc.lorem({ maxCount: 5 }), fc.string({ unit: "grapheme" }));

/** Params as a person, a hand-written file or an older version could have left them: mostly sound, partly not. */
const arbitraryParams: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  upload: fc.record(
    { file: fc.constantFrom(fileOf(), fileOf("clip.mp4", { kind: "video", mimeType: "video/mp4" })) },
    { requiredKeys: [] },
  ),
  prompt: fc.record({ text: arbitraryText }),
  generate: fc.oneof(
    fc
      .constantFrom(...builtInCatalogue.models)
      .chain(({ family, key }) =>
        fc.record({ family: fc.constant(family), model: fc.constant(key), prompt: arbitraryText }),
      ),
    fc.record({
      family: fc.constant("video"),
      model: fc.string(),
      modelParams: fc.dictionary(fc.string(), fc.jsonValue()),
    }),
  ),
  edit: fc.record({ operation: fc.constantFrom(...editOperationNames, "warp"), text: arbitraryText }),
  publish: fc.record({
    platform: fc.constantFrom("instagram", "tiktok"),
    accountId: fc.constantFrom("", "an-account"),
    caption: arbitraryText,
  }),
  save: fc.record({ name: arbitraryText }),
  note: fc.record({ text: arbitraryText }),
  group: fc.constant({}),
};

const unknownKeys = fc.dictionary(
  fc.string({ minLength: 1 }).map((key) => `x-${key}`),
  arbitraryJson,
  { maxKeys: 2 },
);

function arbitraryNode(id: string): fc.Arbitrary<GraphNode> {
  const known = fc
    .constantFrom(...nodeTypes)
    .chain((type) =>
      fc.tuple(
        fc.constant<string>(type),
        fc.oneof(
          { weight: 5, arbitrary: arbitraryParams[type] ?? fc.constant({}) },
          fc.dictionary(fc.constantFrom("text", "file", "model", "family", "params", "color"), arbitraryJson),
        ),
      ),
    );
  const unknown = fc.tuple(
    fc.constantFrom("teleport", "constructor", "__proto__"),
    fc.dictionary(fc.string({ minLength: 1 }), arbitraryJson),
  );
  return fc
    .tuple(
      fc.oneof({ weight: 9, arbitrary: known }, unknown),
      fc.record({ x: fc.integer(), y: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
      unknownKeys,
      unknownKeys,
      fc.option(fc.constantFrom("n0", "n1", "nobody"), { nil: undefined, freq: 8 }),
    )
    .map(([[type, params], position, more, moreData, parentId]) => ({
      ...more,
      ...nodeOf(id, type, params),
      position,
      data: { ...moreData, params },
      ...(parentId === undefined ? {} : { parentId }),
    }));
}

const junkPort = fc.constantFrom("out", "in", "prompt", "media_0", "nowhere");

function portsOf(node: GraphNode, side: "inputs" | "outputs"): fc.Arbitrary<string> {
  const ports = describe(node)?.ports[side].map((port) => port.id) ?? [];
  return ports.length > 0
    ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...ports) }, junkPort)
    : junkPort;
}

function arbitraryEdge(nodes: readonly GraphNode[]): fc.Arbitrary<GraphEdge> {
  const end = fc.oneof(
    { weight: 19, arbitrary: fc.constantFrom(...nodes) },
    fc.constant(nodeOf("nobody", "prompt")),
  );
  return fc.tuple(end, end).chain(([source, target]) =>
    fc
      .tuple(
        portsOf(source, "outputs"),
        portsOf(target, "inputs"),
        fc.option(fc.integer(), { nil: undefined }),
        unknownKeys,
      )
      .map(([sourceHandle, targetHandle, order, more]) => ({
        ...more,
        id: "numbered below",
        source: source.id,
        sourceHandle,
        target: target.id,
        targetHandle,
        ...(order === undefined ? {} : { data: { order } }),
      })),
  );
}

/** Any graph that parses: unknown types, circles, broken wires, wrong types, nonsense params, unknown keys. */
export const arbitraryGraph: fc.Arbitrary<Graph> = fc
  .integer({ min: 1, max: 9 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => arbitraryNode(`n${index}`))))
  .chain((nodes) =>
    fc.tuple(
      fc.constant(nodes),
      fc.array(arbitraryEdge(nodes), { maxLength: 14 }),
      fc.dictionary(fc.constantFrom("graphs", "author", "x"), arbitraryJson),
      fc.string(),
    ),
  )
  .map(([nodes, edges, more, name]) => ({
    ...more,
    ...graphOf(
      nodes,
      edges.map((edge, index) => ({ ...edge, id: `e${index}` })),
    ),
    name,
  }));

type Making = { readonly nodes: GraphNode[]; readonly edges: GraphEdge[] };

/** What a new node of a runnable graph is, given a way to wire it to earlier ones. */
const recipes: readonly ((id: string, wire: Wire) => GraphNode | undefined)[] = [
  (id) => nodeOf(id, "upload", { file: fileOf() }),
  (id) => nodeOf(id, "prompt", { text: "words" }),
  (id, wire) => {
    wire("text", "prompt");
    for (let reference = 0; reference < 3; reference++) wire("image", "reference_images");
    return nodeOf(id, "generate", { family: "image", model: "nano-banana-2", prompt: "a picture" });
  },
  (id, wire) => {
    wire("image", "start_image");
    wire("image", "end_image");
    return nodeOf(id, "generate", { family: "video", model: "kling_3_pro", prompt: "a clip" });
  },
  (id, wire) =>
    wire("any", "media_0") ? nodeOf(id, "edit", { operation: "textOverlay", text: "words" }) : undefined,
  (id, wire) =>
    wire("video", "video_0") && wire("video", "video_1")
      ? nodeOf(id, "edit", { operation: "merge" })
      : undefined,
  (id, wire) => (wire("any", "in") ? nodeOf(id, "save", {}) : undefined),
];

type Wire = (kind: "text" | "image" | "video" | "any", port: string) => boolean;

/** A graph whose every node runs, in a shuffled document order. Holds lists, branches and joins, no circle. */
export const runnableGraph: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.array(fc.tuple(fc.nat({ max: recipes.length - 1 }), fc.infiniteStream(fc.nat())), {
      minLength: 1,
      maxLength: 14,
    }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([choices, shuffle]) => {
    const made: Making = { nodes: [], edges: [] };
    const kinds = new Map<string, string>();
    choices.forEach(([recipe, picks], index) => {
      const id = `n${index}`;
      const edges: GraphEdge[] = [];
      let through = "";
      const wire: Wire = (kind, port) => {
        const sources = made.nodes.filter(({ id: source }) => {
          const given = kinds.get(source);
          return given !== undefined && (kind === "any" ? given !== "text" : given === kind);
        });
        const source = sources[(picks.next().value ?? 0) % Math.max(1, sources.length)];
        if (!source) return false;
        through = kinds.get(source.id) ?? "";
        edges.push({
          id: `${id}-${edges.length}`,
          source: source.id,
          sourceHandle: "out",
          target: id,
          targetHandle: port,
          data: { order: edges.length },
        });
        return true;
      };
      const node = recipes[recipe]?.(id, wire) ?? nodeOf(id, "prompt", { text: "words" });
      made.nodes.push(node);
      if (node.type !== "prompt") made.edges.push(...edges);
      if (node.type === "prompt") kinds.set(id, "text");
      else if (node.type === "upload") kinds.set(id, "image");
      else if (node.type === "generate") kinds.set(id, String(node.data.params["family"]));
      else if (node.type === "edit")
        kinds.set(id, node.data.params["operation"] === "merge" ? "video" : through);
    });
    const order = made.nodes.map((node) => ({ node, key: shuffle.next().value ?? 0 }));
    order.sort((a, b) => a.key - b.key);
    return graphOf(
      order.map(({ node }) => node),
      made.edges,
    );
  });
