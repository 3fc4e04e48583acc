import type { UploadFile } from "../../src/graph/document/files.ts";
import { ancestors } from "../../src/graph/document/groups.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { freshParams, shapeOf, workKindOf } from "../../src/nodes/definitions.ts";
import { toast } from "../ui/toasts.tsx";
import { absolutePosition } from "./apply-edit.ts";
import type { DragData } from "./drag-data.ts";
import { entriesWith, type PaletteEntry, paletteEntries } from "./entries.ts";
import { type Fragment, fragmentText, partOf, readFragment, renewed } from "./fragment.ts";
import { graphStore } from "./graph.ts";
import {
  APART,
  type Box,
  boxAround,
  boxesOf,
  frameAround,
  GROUP_PADDING,
  groupAt,
  headOf,
  type LandingWish,
  landing,
  liesIn,
  pushedBy,
} from "./placement.ts";
import { keepPlaces, shownNodes } from "./places.ts";
import { catalogueNow } from "./server.ts";
import { CARD_WIDTH, defaultSize, type Point, type Size, stage } from "./stage.ts";

/** What menus, keys and the palette do to the open document. Each is one undo step, however many edits it takes. */

const sizeOf = (nodeId: string): Size => stage()?.sizeOf(nodeId) ?? defaultSize;

const round = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** Sizes of what has none of its own yet. */
const layoutSizes = { note: { width: 220, height: 140 }, frame: { width: 640, height: 400 } } as const;

/** Room for what is added, as long as nobody knows how tall it turns out: a fresh card is at most this tall. */
const FRESH_HEIGHT = 240;
/** With its picture, clip or sound in it. */
const UPLOAD_HEIGHT = 340;

function roomFor({ type, width, height }: GraphNode): Size {
  const isBox = shapeOf(type) !== "card";
  const tall = workKindOf(type) === "upload" ? UPLOAD_HEIGHT : FRESH_HEIGHT;
  return { width: width ?? CARD_WIDTH, height: (isBox ? height : undefined) ?? tall };
}

/** Frames and notes say how large they are, at once; cards have to be measured. */
export const sizeNow = ({ id, type, width, height }: GraphNode): Size =>
  shapeOf(type) !== "card" && width && height ? { width, height } : sizeOf(id);

/** As people see them: a card that has grown stands larger, and what it pushed stands lower. */
const boxesNow = (nodes: readonly GraphNode[]) => boxesOf(shownNodes(nodes), sizeNow);

type Where = LandingWish & {
  readonly merge?: string | undefined;
  /** Sizes that are known better than from the nodes themselves. */
  readonly sizes?: ReadonlyMap<string, Size> | undefined;
};

/**
 * Adds a part of a graph, its top left corner as near to `at` as there is room, into the group there; selects it and
 * brings it into view. One undo step with whatever has the same `merge`.
 */
function settle(part: Fragment, at: Point, { anchor, group, merge, sizes }: Where = {}): void {
  const key = merge ?? crypto.randomUUID();
  keepPlaces(key);
  const { graph, edit, select } = graphStore.getState();
  if (!graph) return;
  const own = boxesOf(part.nodes, (node) => sizes?.get(node.id) ?? roomFor(node));
  const box = boxAround(own.values());
  const landed = landing(graph.nodes, boxesNow(graph.nodes), { ...box, ...round(at) }, { group, anchor });
  const into = landed.group;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const origin = into ? absolutePosition(byId, into) : { x: 0, y: 0 };
  const [dx, dy] = [landed.at.x - box.x - origin.x, landed.at.y - box.y - origin.y];
  const ids = new Set(part.nodes.map(({ id }) => id));
  const isTop = ({ parentId }: GraphNode) => parentId === undefined || !ids.has(parentId);
  const nodes = part.nodes.map((node): GraphNode => {
    if (!isTop(node)) return node;
    const { x, y } = node.position;
    const position = { ...node.position, ...round({ x: x + dx, y: y + dy }) };
    return { ...node, position, ...(into ? { parentId: into.id } : {}) };
  });
  edit({ type: "add", nodes, edges: part.edges }, { merge: key });
  const shown = { ...box, ...landed.at };
  if (into) growAround(into.id, shown, key);
  select(nodes.filter(isTop).map(({ id }) => id));
  stage()?.reveal(shown);
}

/** Frames hold what was put into them: a full one grows, pushes what it would cover, and so do those around it. */
function growAround(groupId: string, box: Box, merge: string): void {
  const { graph, edit } = graphStore.getState();
  const group = graph?.nodes.find(({ id }) => id === groupId);
  if (!graph || !group) return;
  const frame = frameOf(graph.nodes, group);
  if (liesIn(box, frame)) return;
  const grown = frameAround(frame, [box]);
  edit(
    {
      type: "resize",
      id: groupId,
      ...round({ x: group.position.x + grown.x - frame.x, y: group.position.y + grown.y - frame.y }),
      width: Math.ceil(grown.width),
      height: Math.ceil(grown.height),
    },
    { merge },
  );
  makeRoom(group, frame, grown, merge);
}

/** Pushes what a frame that has grown would cover, and grows the groups around it. */
function makeRoom(group: GraphNode, frame: Box, grown: Box, merge: string): void {
  const { graph, edit } = graphStore.getState();
  if (!graph) return;
  const beside = besideOf(graph.nodes, group);
  const others = new Map([...beside].map(([node, box]) => [node.id, box]));
  const pushed = pushedBy(frame, grown, others);
  const positions = [...beside].flatMap(([{ id, position }, from]) => {
    const to = pushed.get(id);
    return to ? [{ id, ...round({ x: position.x + to.x - from.x, y: position.y + to.y - from.y }) }] : [];
  });
  edit({ type: "move", positions }, { merge });
  if (group.parentId !== undefined) growAround(group.parentId, boxAround([grown, ...pushed.values()]), merge);
}

function frameOf(nodes: readonly GraphNode[], group: GraphNode): Box {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return { ...absolutePosition(byId, group), ...sizeNow(group) };
}

/** What stands in the same group, or on the bare canvas, as this one. */
function besideOf(nodes: readonly GraphNode[], { id, parentId }: GraphNode): ReadonlyMap<GraphNode, Box> {
  const boxes = boxesNow(nodes);
  return new Map(
    nodes.flatMap((node) => {
      const box = boxes.get(node.id);
      return node.id !== id && node.parentId === parentId && box ? [[node, box] as const] : [];
    }),
  );
}

export type NewNode = {
  readonly entry: PaletteEntry;
  /** Where its top left corner is wanted, in the graph's coordinates. */
  readonly at: Point;
  /** The point a person means; it says which group the node goes into. Default: the head of the card. */
  readonly anchor?: Point | undefined;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly merge?: string;
};

/** Adds a node and selects it. Gives back its id. */
export function addNode({ entry, at, anchor, params, merge }: NewNode): string {
  const node = freshNode(entry, params);
  if (shapeOf(node.type) === "frame" && anchor) addFrame(node, at, anchor);
  else settle({ nodes: [node], edges: [] }, at, { anchor, merge });
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

/** Where something of this size stands in the middle of what is seen. */
function middle({ width, height }: Size): Point {
  const centre = stage()?.centre() ?? { x: 0, y: 0 };
  return { x: centre.x - width / 2, y: centre.y - height / 2 };
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
  settle({ nodes, edges: [] }, drop?.at ?? middle(box), drop);
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

/** Something let go at a point: the card hangs at it by the middle of its head. */
export type Drop = Pick<NewNode, "at" | "anchor" | "merge">;

/** What was dragged here from inside the window. Gives back the id of the node it became. */
export function addDragged(data: DragData, drop: Drop): string | undefined {
  if (data.kind === "text") return addPrompt(data.text, drop);
  const entries = entriesWith(catalogueNow());
  const entry = entries.find(({ id }) => id === (data.kind === "file" ? "upload" : data.entryId));
  if (!entry) return undefined;
  return data.kind === "file" ? addUpload(entry, data.file, drop) : addNode({ entry, ...drop });
}

/** The selection with all that selected groups hold. */
export function removeSelection(): void {
  const { graph, selectedNodeIds, selectedEdgeIds, edit } = graphStore.getState();
  if (!graph) return;
  const nodeIds = partOf(graph, selectedNodeIds).nodes.map(({ id }) => id);
  edit({ type: "remove", nodeIds, edgeIds: [...selectedEdgeIds] });
}

export function removeEdge(edgeId: string): void {
  graphStore.getState().edit({ type: "remove", nodeIds: [], edgeIds: [edgeId] });
}

export function selectAll(): void {
  const { graph, select } = graphStore.getState();
  if (graph) select(graph.nodes.map(({ id }) => id));
}

/** The copies stand beside what they were made of, in the same group. */
export function duplicateSelection(): void {
  const { graph, selectedNodeIds } = graphStore.getState();
  if (!graph || selectedNodeIds.size === 0) return;
  const tops = topOfSelection(graph.nodes, selectedNodeIds);
  const [parentId, ...others] = new Set(tops.map((node) => node.parentId));
  const shared = others.length === 0 ? graph.nodes.find(({ id }) => id === parentId) : undefined;
  const boxes = boxesNow(graph.nodes);
  const at = boxAround(tops.flatMap(({ id }) => boxes.get(id) ?? []));
  pasteFragment(partOf(graph, selectedNodeIds), at, { group: shared ?? "none", sizes: boxes });
}

/** @param sizes by the ids that the nodes had when they were copied. */
function pasteFragment(fragment: Fragment, at: Point, { sizes, ...where }: Where): void {
  const ids = new Map(fragment.nodes.map(({ id }) => [id, crypto.randomUUID()]));
  const fresh = renewed(fragment, ids, () => crypto.randomUUID());
  const known = [...ids].flatMap(([id, newId]) => {
    const size = sizes?.get(id);
    return size ? [[newId, size] as const] : [];
  });
  settle(fresh, at, { ...where, sizes: new Map(known) });
}

/** The last thing copied in this window, for where the system's clipboard may not be read. */
let lastCopied: string | undefined;
let copiedSizes: ReadonlyMap<string, Size> = new Map();

/** `undefined` when nothing is selected. */
export function copySelection(): string | undefined {
  const { graph, selectedNodeIds } = graphStore.getState();
  if (!graph || selectedNodeIds.size === 0) return undefined;
  const part = partOf(graph, selectedNodeIds);
  copiedSizes = new Map(part.nodes.map(({ id }) => [id, sizeOf(id)]));
  lastCopied = fragmentText(part, crypto.randomUUID());
  return lastCopied;
}

/**
 * Pastes nodes from a fragment's or a whole graph file's text; says why not when it is neither.
 *
 * @param at where in the graph. Default: at the pointer, else in the middle of what is seen.
 */
export function pasteText(text: string, at?: Point): void {
  const read = readFragment(text);
  if (!read.ok) {
    // Any text may be on the clipboard; only what claims to be a graph is worth a word.
    if (text.includes("catwalk.graph"))
      toast({
        title: "Nothing was pasted",
        description: `${read.reason.message} ${read.reason.remedy}`,
        look: "danger",
      });
    return;
  }
  const { fragment } = read;
  if (fragment.nodes.length === 0) return;
  // The text may come from another window or from a file; only what was copied here has been measured.
  const sizes = text === lastCopied ? copiedSizes : undefined;
  const box = boxAround(boxesOf(fragment.nodes, (node) => sizes?.get(node.id) ?? roomFor(node)).values());
  const anchor = at ?? stage()?.pointer();
  pasteFragment(fragment, anchor ?? middle(box), { anchor, sizes });
}

/** For menus, which get no clipboard event. */
export async function pasteFromClipboard(at?: Point): Promise<void> {
  let text = lastCopied;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    // The browser or the desktop shell does not let a menu read the clipboard; this window's own copy is left.
  }
  if (text !== undefined) pasteText(text, at);
}

export async function copyToClipboard(): Promise<void> {
  const text = copySelection();
  if (text === undefined) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // As above: a paste in this window still works.
  }
}

/** Moves the selection by whole pixels; presses in a row are one undo step. */
export function nudgeSelection(dx: number, dy: number): void {
  const { selectedNodeIds, edit } = graphStore.getState();
  if (selectedNodeIds.size === 0) return;
  // Another selection is another step, however quickly it follows.
  const merge = `nudge ${[...selectedNodeIds].sort().join(" ")}`;
  keepPlaces(merge);
  const { graph } = graphStore.getState();
  const moved = topOfSelection(graph?.nodes ?? [], selectedNodeIds);
  const positions = moved.map(({ id, position }) => ({ id, x: position.x + dx, y: position.y + dy }));
  edit({ type: "move", positions }, { merge });
}

/** Selected nodes without those that move with a selected group. */
function topOfSelection(nodes: readonly GraphNode[], selected: ReadonlySet<string>): readonly GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.filter(
    (node) => selected.has(node.id) && !ancestors(byId, node).some(({ id }) => selected.has(id)),
  );
}

export function groupSelection(): void {
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, selectedNodeIds, edit, select } = graphStore.getState();
  if (!graph) return;
  const members = topOfSelection(graph.nodes, selectedNodeIds);
  const first = members[0];
  if (!first) return;
  const boxes = boxesNow(graph.nodes);
  const box = boxAround(members.flatMap(({ id }) => boxes.get(id) ?? []));
  const shared = members.every(({ parentId }) => parentId === first.parentId) ? first.parentId : undefined;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const parent = shared === undefined ? undefined : byId.get(shared);
  const origin = parent ? absolutePosition(byId, parent) : { x: 0, y: 0 };
  const group: GraphNode = {
    id: crypto.randomUUID(),
    type: "group",
    ...(parent ? { parentId: parent.id } : {}),
    position: round({
      x: box.x - GROUP_PADDING.side - origin.x,
      y: box.y - GROUP_PADDING.top - origin.y,
    }),
    width: Math.round(box.width + 2 * GROUP_PADDING.side),
    height: Math.round(box.height + GROUP_PADDING.top + GROUP_PADDING.side),
    data: { params: freshParams("group", catalogueNow()) },
  };
  edit({ type: "add", nodes: [group], edges: [] }, { merge });
  edit({ type: "parent", ids: members.map(({ id }) => id), parentId: group.id }, { merge });
  select([group.id]);
}

/** The groups that are selected, and those around what is selected. */
function groupsToUndo(): readonly GraphNode[] {
  const { graph, selectedNodeIds } = graphStore.getState();
  const tops = topOfSelection(graph?.nodes ?? [], selectedNodeIds);
  const ids = new Set(tops.map(({ id, type, parentId }) => (shapeOf(type) === "frame" ? id : parentId)));
  return (graph?.nodes ?? []).filter(({ id, type }) => shapeOf(type) === "frame" && ids.has(id));
}

export const canUngroup = (): boolean => groupsToUndo().length > 0;

/** Takes the frames away and leaves what they held. */
export function ungroupSelection(): void {
  const ids = new Set(groupsToUndo().map(({ id }) => id));
  if (ids.size === 0) return;
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, selectedNodeIds, edit, select } = graphStore.getState();
  const freed = graph?.nodes.filter(
    ({ parentId }) => parentId !== undefined && selectedNodeIds.has(parentId),
  );
  const stay = [...selectedNodeIds].filter((id) => !ids.has(id));
  edit({ type: "remove", nodeIds: [...ids], edgeIds: [] }, { merge });
  select([...stay, ...(freed ?? []).map(({ id }) => id)]);
}

/** A group takes in what lies whole in its new frame, and pushes what the frame would cut. */
export function resizeNode(id: string, box: Box): void {
  const { x, y, width, height } = box;
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, edit } = graphStore.getState();
  const node = graph?.nodes.find((each) => each.id === id);
  if (!graph || !node) return;
  const size = { width: Math.round(width), height: Math.round(height) };
  edit({ type: "resize", id, ...round({ x, y }), ...size }, { merge });
  if (shapeOf(node.type) !== "frame") return;
  const before = frameOf(graph.nodes, node);
  const after = {
    ...round({ x: before.x + x - node.position.x, y: before.y + y - node.position.y }),
    ...size,
  };
  const taken = [...besideOf(graph.nodes, node)].filter(
    ([, each]) => liesIn(each, after) && !liesIn(each, before),
  );
  edit({ type: "parent", ids: taken.map(([each]) => each.id), parentId: id }, { merge });
  makeRoom(node, before, after, merge);
}

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "rows" | "columns";

/** `columns` and `rows` spread with equal gaps between the outermost two. */
export function alignSelection(alignment: Alignment): void {
  const merge = crypto.randomUUID();
  keepPlaces(merge);
  const { graph, selectedNodeIds, edit } = graphStore.getState();
  if (!graph) return;
  const members = topOfSelection(graph.nodes, selectedNodeIds);
  if (members.length < 2) return;
  const places = boxesNow(graph.nodes);
  const boxes = members.flatMap((node) => {
    const box = places.get(node.id);
    return box ? [{ node, ...box }] : [];
  });
  const positions = aligned(alignment, boxAround(boxes), boxes).map(({ node, x, y }) => {
    const at = places.get(node.id) ?? { x, y };
    return { id: node.id, ...round({ x: node.position.x + x - at.x, y: node.position.y + y - at.y }) };
  });
  edit({ type: "move", positions }, { merge });
}

type Placed = Box & { readonly node: GraphNode };

function aligned(alignment: Alignment, all: Box, boxes: readonly Placed[]): readonly Placed[] {
  switch (alignment) {
    case "left":
      return boxes.map((box) => ({ ...box, x: all.x }));
    case "centre":
      return boxes.map((box) => ({ ...box, x: all.x + (all.width - box.width) / 2 }));
    case "right":
      return boxes.map((box) => ({ ...box, x: all.x + all.width - box.width }));
    case "top":
      return boxes.map((box) => ({ ...box, y: all.y }));
    case "middle":
      return boxes.map((box) => ({ ...box, y: all.y + (all.height - box.height) / 2 }));
    case "bottom":
      return boxes.map((box) => ({ ...box, y: all.y + all.height - box.height }));
    case "columns":
      return spread(boxes, all, "x", "width");
    case "rows":
      return spread(boxes, all, "y", "height");
    default:
      return alignment satisfies never;
  }
}

function spread(
  boxes: readonly Placed[],
  all: Box,
  axis: "x" | "y",
  length: "width" | "height",
): readonly Placed[] {
  const sorted = [...boxes].sort((a, b) => a[axis] - b[axis]);
  const used = boxes.reduce((sum, box) => sum + box[length], 0);
  const gap = (all[length] - used) / (boxes.length - 1);
  let next = all[axis];
  return sorted.map((box) => {
    const placed = { ...box, [axis]: next };
    next += box[length] + gap;
    return placed;
  });
}

/** The selection stays, and copies of it go where it was dragged to: `by` is how far. */
export function copyDragged(nodeIds: readonly string[], by: Point): void {
  const { graph } = graphStore.getState();
  if (!graph) return;
  const boxes = boxesNow(graph.nodes);
  const tops = topOfSelection(graph.nodes, new Set(nodeIds));
  const box = boxAround(tops.flatMap(({ id }) => boxes.get(id) ?? []));
  const at = { x: box.x + by.x, y: box.y + by.y };
  pasteFragment(partOf(graph, new Set(nodeIds)), at, { sizes: boxes });
}

/** After a drag: what was dropped on a group goes into it, what was dragged out leaves it. */
export function dropIntoGroups(nodeIds: readonly string[], merge: string): void {
  const { graph } = graphStore.getState();
  if (!graph) return;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const boxes = boxesNow(graph.nodes);
  const moved = new Map<string | undefined, string[]>();
  for (const node of topOfSelection(graph.nodes, new Set(nodeIds))) {
    const box = boxes.get(node.id);
    if (!box) continue;
    const group = groupAt(
      graph.nodes,
      boxes,
      headOf(box),
      (candidate) => candidate.id !== node.id && !ancestors(byId, candidate).includes(node),
    );
    if (group?.id !== node.parentId) moved.set(group?.id, [...(moved.get(group?.id) ?? []), node.id]);
  }
  for (const [parentId, ids] of moved)
    graphStore.getState().edit({ type: "parent", ids, parentId }, { merge });
}
