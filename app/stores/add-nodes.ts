import type { UploadFile } from "../../src/graph/document/files.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { freshParams, shapeOf } from "../../src/nodes/definitions.ts";
import type { DragData } from "./drag-data.ts";
import { entriesWith, type PaletteEntry, paletteEntries } from "./entries.ts";
import { graphStore } from "./graph.ts";
import { addPart } from "./make-room.ts";
import { boxesNow, FRESH_HEIGHT, layoutSizes, middle, roomFor, round, sizeNow } from "./node-boxes.ts";
import { APART, boxAround, boxesOf, groupAt, liesIn } from "./placement.ts";
import { keepPlaces } from "./places.ts";
import { catalogueNow } from "./server.ts";
import { CARD_WIDTH, type Point, stage } from "./stage.ts";

/** Adds nodes from the palette, from drags and from files. Each is one undo step. */

export type NewNode = {
  readonly entry: PaletteEntry;
  /** Where its top left corner is wanted, in the graph's coordinates. */
  readonly at: Point;
  /** The point a person means; it says which group the node goes into. Default: the head of the card. */
  readonly anchor?: Point | undefined;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly merge?: string;
};

/** Something let go at a point: the card hangs at it by the middle of its head. */
export type Drop = Pick<NewNode, "at" | "anchor" | "merge">;

/** Adds a node and selects it. Gives back its id. */
export function addNode({ entry, at, anchor, params, merge }: NewNode): string {
  const node = freshNode(entry, params);
  if (shapeOf(node.type) === "frame" && anchor) addFrame(node, at, anchor);
  else addPart({ nodes: [node], edges: [] }, at, { anchor, merge });
  return node.id;
}

/** A frame goes around what is there: it stays where it was put, and takes in what lies wholly within it. */
function addFrame(frame: GraphNode, at: Point, anchor: Point): void {
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, edit, select } = graphStore.getState();
  if (!graph) return;
  const boxes = boxesNow(graph.nodes);
  const outer = groupAt(graph.nodes, boxes, anchor);
  const origin = (outer && boxes.get(outer.id)) ?? { x: 0, y: 0 };
  const box = { ...round(at), ...sizeNow(frame) };
  const within = graph.nodes.filter(({ id, parentId }) => {
    const own = boxes.get(id);
    return own && parentId === outer?.id && liesIn(own, box);
  });
  const position = { x: box.x - origin.x, y: box.y - origin.y };
  edit(
    { type: "add", nodes: [{ ...frame, position, ...(outer ? { parentId: outer.id } : {}) }], edges: [] },
    { merge },
  );
  edit({ type: "parent", ids: within.map(({ id }) => id), parentId: frame.id }, { merge });
  select([frame.id]);
  stage()?.reveal(box);
}

function freshNode(entry: PaletteEntry, params?: Readonly<Record<string, unknown>>): GraphNode {
  const shape = shapeOf(entry.type);
  const size = shape === "card" ? {} : layoutSizes[shape];
  return {
    id: crypto.randomUUID(),
    type: entry.type,
    position: { x: 0, y: 0 },
    ...size,
    data: { params: freshParams(entry.type, catalogueNow(), { ...entry.params, ...params }) },
  };
}

/** Adds a node in the middle of the view, beside what already stands there. */
export function addNodeInView(entry: PaletteEntry, params?: Readonly<Record<string, unknown>>): string {
  const at = middle({ width: CARD_WIDTH, height: FRESH_HEIGHT });
  return addNode({ entry, at, ...(params ? { params } : {}) });
}

/** Adds several of one kind, side by side in one step, in the middle of the view unless told where. Gives back their ids. */
export function addNodes(entry: PaletteEntry, count: number, drop?: Drop): readonly string[] {
  const nodes = Array.from({ length: count }, (_, index): GraphNode => {
    const node = freshNode(entry);
    const position = { x: (index % ACROSS) * (CARD_WIDTH + APART), y: 0 };
    return {
      ...node,
      position: { ...position, y: Math.floor(index / ACROSS) * (roomFor(node).height + APART) },
    };
  });
  const box = boxAround(boxesOf(nodes, roomFor).values());
  addPart({ nodes, edges: [] }, drop?.at ?? middle(box), drop);
  return nodes.map(({ id }) => id);
}

/** So many stand in a row. */
const ACROSS = 3;

export function addUpload(entry: PaletteEntry, file: UploadFile, drop?: Drop): string {
  return drop ? addNode({ entry, ...drop, params: { file } }) : addNodeInView(entry, { file });
}

/** A Prompt that says this text, in the middle of the view unless told where. */
export function addPrompt(text: string, drop?: Drop): string | undefined {
  const entry = paletteEntries.find(({ id }) => id === "prompt");
  if (!entry) return undefined;
  return drop ? addNode({ entry, ...drop, params: { text } }) : addNodeInView(entry, { text });
}

/** What is dropped on an input stands before its card, level with the port. */
export function besidePort({ nodeId }: { readonly nodeId: string }, at: Point): Drop {
  const { graph } = graphStore.getState();
  const box = boxesNow(graph?.nodes ?? []).get(nodeId);
  return { at: { x: (box?.x ?? at.x) - CARD_WIDTH - WIRE_ROOM, y: at.y - 52 }, anchor: at };
}

/** Room between two cards for the wire that joins them. */
const WIRE_ROOM = 96;

/** What was dragged here from inside the window. Gives back the id of the node it became. */
export function addDragged(data: DragData, drop: Drop): string | undefined {
  if (data.kind === "text") return addPrompt(data.text, drop);
  const entries = entriesWith(catalogueNow());
  const entry = entries.find(({ id }) => id === (data.kind === "file" ? "upload" : data.entryId));
  if (!entry) return undefined;
  return data.kind === "file" ? addUpload(entry, data.file, drop) : addNode({ entry, ...drop });
}
