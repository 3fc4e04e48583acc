import type { UploadFile } from "../../src/graph/files.ts";
import type { GraphNode } from "../../src/graph/schema.ts";
import { freshParams } from "../../src/nodes/definitions.ts";
import { toast } from "../ui/toasts.tsx";
import { absolutePosition, ancestors } from "./apply-edit.ts";
import { catalogueStore } from "./catalogue.ts";
import type { DragData } from "./drag-data.ts";
import { entriesWith, type PaletteEntry, paletteEntries } from "./entries.ts";
import { type Fragment, fragmentText, partOf, readFragment, renewed, topLeft } from "./fragment.ts";
import { graphStore } from "./graph.ts";
import { CARD_WIDTH, defaultSize, type Point, type Size, stage } from "./stage.ts";

/** What menus, keys and the palette do to the open document. Each is one undo step, however many edits it takes. */

const sizeOf = (nodeId: string): Size => stage()?.sizeOf(nodeId) ?? defaultSize;

const round = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });

/** Sizes of what has none of its own yet. */
const layoutSizes = { note: { width: 220, height: 140 }, group: { width: 640, height: 400 } } as const;

export type NewNode = {
  readonly entry: PaletteEntry;
  /** Where its top left corner goes, in the graph's coordinates. */
  readonly at: Point;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly merge?: string;
};

/** Adds a node and selects it. Gives back its id. */
export function addNode({ entry, at, params, merge }: NewNode): string {
  const id = crypto.randomUUID();
  const size = entry.type === "note" || entry.type === "group" ? layoutSizes[entry.type] : {};
  const node: GraphNode = {
    id,
    type: entry.type,
    position: round(at),
    ...size,
    data: { params: freshParams(entry.type, catalogueStore.getState(), { ...entry.params, ...params }) },
  };
  const { edit, select } = graphStore.getState();
  edit({ type: "add", nodes: [node], edges: [] }, merge === undefined ? {} : { merge });
  select([id]);
  return id;
}

/** Adds a node in the middle of the view, beside what already stands there. */
export function addNodeInView(entry: PaletteEntry, params?: Readonly<Record<string, unknown>>): string {
  const centre = stage()?.centre() ?? { x: 0, y: 0 };
  const at = { x: centre.x - CARD_WIDTH / 2, y: centre.y - defaultSize.height / 2 };
  return addNode({ entry, at: freePlace(at), ...(params ? { params } : {}) });
}

const STEP = 32;

/** The place itself, or the next one down to the right where no other node begins. */
function freePlace(at: Point): Point {
  const nodes = graphStore.getState().graph?.nodes ?? [];
  const place = { ...round(at) };
  const taken = () =>
    nodes.some(
      ({ position }) =>
        Math.abs(position.x - place.x) < STEP / 2 && Math.abs(position.y - place.y) < STEP / 2,
    );
  while (taken()) {
    place.x += STEP;
    place.y += STEP;
  }
  return place;
}

export function addUpload(entry: PaletteEntry, file: UploadFile, at?: Point): string {
  return at ? addNode({ entry, at, params: { file } }) : addNodeInView(entry, { file });
}

/** A Prompt that says this text, in the middle of the view unless told where. */
export function addPrompt(text: string, at?: Point): void {
  const entry = paletteEntries.find(({ id }) => id === "prompt");
  if (!entry) return;
  if (at) addNode({ entry, at, params: { text } });
  else addNodeInView(entry, { text });
}

/** What was dragged here from inside the window. */
export function addDragged(data: DragData, at: Point): void {
  if (data.kind === "text") {
    addPrompt(data.text, at);
    return;
  }
  const entries = entriesWith(catalogueStore.getState());
  const entry = entries.find(({ id }) => id === (data.kind === "file" ? "upload" : data.entryId));
  if (!entry) return;
  if (data.kind === "file") addUpload(entry, data.file, at);
  else addNode({ entry, at });
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

function place(fragment: Fragment, at: Point): void {
  const { edit, select } = graphStore.getState();
  const fresh = renewed(fragment, round(at), () => crypto.randomUUID());
  edit({ type: "add", nodes: fresh.nodes, edges: fresh.edges });
  const ids = new Set(fresh.nodes.map(({ id }) => id));
  select(fresh.nodes.filter(({ parentId }) => !parentId || !ids.has(parentId)).map(({ id }) => id));
}

export function duplicateSelection(): void {
  const { graph, selectedNodeIds } = graphStore.getState();
  if (!graph || selectedNodeIds.size === 0) return;
  const fragment = partOf(graph, selectedNodeIds);
  const { x, y } = topLeft(fragment);
  place(fragment, { x: x + STEP, y: y + STEP });
}

/** The last thing copied in this window, for where the system's clipboard may not be read. */
let lastCopied: string | undefined;

/** `undefined` when nothing is selected. */
export function copySelection(): string | undefined {
  const { graph, selectedNodeIds } = graphStore.getState();
  if (!graph || selectedNodeIds.size === 0) return undefined;
  lastCopied = fragmentText(partOf(graph, selectedNodeIds), crypto.randomUUID());
  return lastCopied;
}

/** Pastes nodes from a fragment's or a whole graph file's text; says why not when it is neither. */
export function pasteText(text: string): void {
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
  const at = stage()?.pointer();
  const corner = topLeft(fragment);
  place(fragment, at ?? { x: corner.x + STEP, y: corner.y + STEP });
}

/** For menus, which get no clipboard event. */
export async function pasteFromClipboard(): Promise<void> {
  let text = lastCopied;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    // The browser or the desktop shell does not let a menu read the clipboard; this window's own copy is left.
  }
  if (text !== undefined) pasteText(text);
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
  const { graph, selectedNodeIds, edit } = graphStore.getState();
  if (!graph || selectedNodeIds.size === 0) return;
  const moved = topOfSelection(graph.nodes, selectedNodeIds);
  const positions = moved.map(({ id, position }) => ({ id, x: position.x + dx, y: position.y + dy }));
  edit({ type: "move", positions }, { merge: "nudge" });
}

/** Selected nodes without those that move with a selected group. */
function topOfSelection(nodes: readonly GraphNode[], selected: ReadonlySet<string>): readonly GraphNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.filter(
    (node) => selected.has(node.id) && !ancestors(byId, node).some(({ id }) => selected.has(id)),
  );
}

const GROUP_PADDING = { side: 24, top: 52 } as const;

export function groupSelection(): void {
  const { graph, selectedNodeIds, edit, select } = graphStore.getState();
  if (!graph) return;
  const members = topOfSelection(graph.nodes, selectedNodeIds);
  const first = members[0];
  if (!first) return;
  const box = boxAround(graph.nodes, members);
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
    data: { params: freshParams("group", catalogueStore.getState()) },
  };
  const merge = crypto.randomUUID();
  edit({ type: "add", nodes: [group], edges: [] }, { merge });
  edit({ type: "parent", ids: members.map(({ id }) => id), parentId: group.id }, { merge });
  select([group.id]);
}

/** Takes the frames away and leaves what they held. */
export function ungroupSelection(): void {
  const { graph, selectedNodeIds, edit, select } = graphStore.getState();
  if (!graph) return;
  const groups = graph.nodes.filter(({ id, type }) => type === "group" && selectedNodeIds.has(id));
  const ids = new Set(groups.map(({ id }) => id));
  if (ids.size === 0) return;
  const members = graph.nodes.filter(({ parentId }) => parentId !== undefined && ids.has(parentId));
  edit({ type: "remove", nodeIds: [...ids], edgeIds: [] });
  select(members.map(({ id }) => id));
}

type Box = Point & Size;

export function resizeNode(id: string, box: Box): void {
  const { x, y, width, height } = box;
  graphStore.getState().edit({
    type: "resize",
    id,
    ...round({ x, y }),
    width: Math.round(width),
    height: Math.round(height),
  });
}

function boxAround(all: readonly GraphNode[], nodes: readonly GraphNode[]): Box {
  const byId = new Map(all.map((node) => [node.id, node]));
  const boxes = nodes.map((node) => ({ ...absolutePosition(byId, node), ...sizeOf(node.id) }));
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  return {
    x: left,
    y: top,
    width: Math.max(...boxes.map(({ x, width }) => x + width)) - left,
    height: Math.max(...boxes.map(({ y, height }) => y + height)) - top,
  };
}

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "rows" | "columns";

/** `columns` and `rows` spread with equal gaps between the outermost two. */
export function alignSelection(alignment: Alignment): void {
  const { graph, selectedNodeIds, edit } = graphStore.getState();
  if (!graph) return;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const members = topOfSelection(graph.nodes, selectedNodeIds);
  if (members.length < 2) return;
  const all = boxAround(graph.nodes, members);
  const boxes = members.map((node) => ({ node, ...absolutePosition(byId, node), ...sizeOf(node.id) }));
  const targets = aligned(alignment, all, boxes);
  const positions = targets.map(({ node, x, y }) => {
    const at = absolutePosition(byId, node);
    return { id: node.id, ...round({ x: node.position.x + x - at.x, y: node.position.y + y - at.y }) };
  });
  edit({ type: "move", positions });
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

/** After a drag: what was dropped on a group goes into it, what was dragged out leaves it. */
export function dropIntoGroups(nodeIds: readonly string[], merge: string): void {
  const { graph } = graphStore.getState();
  if (!graph) return;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const groups = graph.nodes.filter(({ type }) => type === "group");
  const moved = new Map<string | undefined, string[]>();
  for (const node of topOfSelection(graph.nodes, new Set(nodeIds))) {
    const at = absolutePosition(byId, node);
    const { width, height } = sizeOf(node.id);
    const middle = { x: at.x + width / 2, y: at.y + Math.min(height / 2, 60) };
    // The last one in the document lies on top.
    const group = groups.findLast((candidate) => {
      if (candidate.id === node.id || ancestors(byId, candidate).includes(node)) return false;
      const corner = absolutePosition(byId, candidate);
      const size = sizeOf(candidate.id);
      return (
        middle.x >= corner.x &&
        middle.x <= corner.x + size.width &&
        middle.y >= corner.y &&
        middle.y <= corner.y + size.height
      );
    });
    if (group?.id !== node.parentId) moved.set(group?.id, [...(moved.get(group?.id) ?? []), node.id]);
  }
  for (const [parentId, ids] of moved)
    graphStore.getState().edit({ type: "parent", ids, parentId }, { merge });
}
