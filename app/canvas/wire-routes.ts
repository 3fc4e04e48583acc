import { createStore, useStore } from "zustand";
import { type Box, overlaps } from "../stores/placement.ts";
import type { Point } from "../stores/stage.ts";
import { pathOf, regionOf, wayAround } from "./wire-route.ts";

/** The ways of the wires in view around the cards, worked out little by little once nothing moves. */

type Ends = { readonly source: string; readonly target: string; readonly from: Point; readonly to: Point };
type Route = { readonly ends: Ends; readonly path: string };

/** While a card is dragged its wires are plain curves; then they find their way. */
const AFTER_MS = 80;
/** So much of the window's time at once, in milliseconds. */
const SLICE_MS = 4;

const routesStore = createStore<ReadonlyMap<string, Route>>(() => new Map());

/** The path of a wire with these ends around what is in its way; `undefined` where it is a plain curve. */
export function useRoute(edgeId: string, from: Point, to: Point): string | undefined {
  return useStore(routesStore, (routes) => {
    const route = routes.get(edgeId);
    return route && isSame(route.ends.from, from) && isSame(route.ends.to, to) ? route.path : undefined;
  });
}

export const { wantRoute, setObstacles } = createRouting();

function createRouting() {
  const wanted = new Map<string, Ends>();
  const queue = new Set<string>();
  let boxes: ReadonlyMap<string, Box> = new Map();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const workSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(work, AFTER_MS);
  };

  const work = () => {
    const startedAt = performance.now();
    const before = routesStore.getState();
    const routes = new Map([...before].filter(([edgeId]) => wanted.has(edgeId)));
    let changed = routes.size !== before.size;
    for (const edgeId of queue) {
      queue.delete(edgeId);
      const ends = wanted.get(edgeId);
      const path = ends && routeOf(ends, boxes);
      if (path !== routes.get(edgeId)?.path || path !== undefined) changed = true;
      if (ends && path !== undefined) routes.set(edgeId, { ends, path });
      else routes.delete(edgeId);
      if (performance.now() - startedAt > SLICE_MS) break;
    }
    if (changed) routesStore.setState(routes, true);
    if (queue.size > 0) timer = setTimeout(work, 0);
  };

  return {
    /** A wire is there and ends here. Returns how to say that it is gone. */
    wantRoute(edgeId: string, ends: Ends): () => void {
      wanted.set(edgeId, ends);
      queue.add(edgeId);
      workSoon();
      return () => {
        wanted.delete(edgeId);
        queue.delete(edgeId);
      };
    },
    /** Where the cards are now, by node id. */
    setObstacles(next: ReadonlyMap<string, Box>): void {
      const same =
        next.size === boxes.size &&
        [...next].every(([id, box]) => {
          const old = boxes.get(id);
          return old && isSame(old, box) && old.width === box.width && old.height === box.height;
        });
      if (same) return;
      boxes = next;
      for (const edgeId of wanted.keys()) queue.add(edgeId);
      workSoon();
    },
  };
}

function isSame(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function routeOf({ source, target, from, to }: Ends, boxes: ReadonlyMap<string, Box>): string | undefined {
  const region = regionOf(from, to);
  const others: Box[] = [];
  for (const [id, box] of boxes)
    if (id !== source && id !== target && overlaps(box, region)) others.push(box);
  const own = [boxes.get(source), boxes.get(target)].filter((box) => box !== undefined);
  const way = wayAround(from, to, others, own, laneOf(source));
  return way && pathOf(way);
}

/** Wires of one card keep together, and apart from those of most others. */
function laneOf(nodeId: string): number {
  let sum = 0;
  for (const character of nodeId) sum = (sum * 31 + character.charCodeAt(0)) % 9973;
  return 12 + 6 * (sum % 4);
}
