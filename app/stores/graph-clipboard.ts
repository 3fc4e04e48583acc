import { createStore } from "zustand";
import { toast } from "../ui/toasts.tsx";
import { told } from "../words/words.ts";
import { type Fragment, fragmentText, partOf, readFragment, renewed } from "./fragment.ts";
import { graphStore } from "./graph.ts";
import { addPart, type Where } from "./make-room.ts";
import { boxesNow, middle, roomFor, sizeOf, topOfSelection } from "./node-boxes.ts";
import { boxAround, boxesOf } from "./placement.ts";
import { type Point, type Size, stage } from "./stage.ts";

/** Copies of nodes: by the clipboard, by a key, by a drag. */

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

/** @param sizes by the ids that the nodes had when they were copied. */
function pasteFragment(fragment: Fragment, at: Point, { sizes, ...where }: Where): void {
  const ids = new Map(fragment.nodes.map(({ id }) => [id, crypto.randomUUID()]));
  const fresh = renewed(fragment, ids, () => crypto.randomUUID());
  const known = [...ids].flatMap(([id, newId]) => {
    const size = sizes?.get(id);
    return size ? [[newId, size] as const] : [];
  });
  addPart(fresh, at, { ...where, sizes: new Map(known) });
}

/** The last thing copied in this window, for where the system's clipboard may not be read. */
type Copied = { readonly text: string | undefined; readonly sizes: ReadonlyMap<string, Size> };
const copiedStore = createStore<Copied>(() => ({ text: undefined, sizes: new Map() }));

/** `undefined` when nothing is selected. */
export function copySelection(): string | undefined {
  const { graph, selectedNodeIds } = graphStore.getState();
  if (!graph || selectedNodeIds.size === 0) return undefined;
  const part = partOf(graph, selectedNodeIds);
  const sizes = new Map(part.nodes.map(({ id }) => [id, sizeOf(id)]));
  const text = fragmentText(part, crypto.randomUUID());
  copiedStore.setState({ text, sizes });
  return text;
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
        description: told(read.reason),
        look: "danger",
      });
    return;
  }
  const { fragment } = read;
  if (fragment.nodes.length === 0) return;
  // The text may come from another window or from a file; only what was copied here has been measured.
  const copied = copiedStore.getState();
  const sizes = text === copied.text ? copied.sizes : undefined;
  const box = boxAround(boxesOf(fragment.nodes, (node) => sizes?.get(node.id) ?? roomFor(node)).values());
  const anchor = at ?? stage()?.pointer();
  pasteFragment(fragment, anchor ?? middle(box), { anchor, sizes });
}

/** For menus, which get no clipboard event. */
export async function pasteFromClipboard(at?: Point): Promise<void> {
  let { text } = copiedStore.getState();
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
