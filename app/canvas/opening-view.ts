import type { Graph } from "../../src/graph/document/schema.ts";
import { shapeOf } from "../../src/nodes/definitions.ts";
import { absolutePosition } from "../stores/apply-edit.ts";
import { boxAround, overlaps } from "../stores/placement.ts";
import { CARD_WIDTH, defaultSize, type Size } from "../stores/stage.ts";

type View = Graph["viewport"];

/** Farther out a document does not open: there is nothing on a card to know it by. */
const LOWEST_OPENING_ZOOM = 0.2;
/** A card's title and fields can be read. */
const READABLE_ZOOM = 0.5;
const MARGIN_PX = 40;
/** A view so many panes away from the last node was no person's: it was written by something else. */
const LOST_PANES = 10;

/**
 * Where a document opens: where it was seen last; one that nobody has looked at, or whose view is nowhere near it, is
 * shown whole. Where that would be too far out to know anything by, it opens on the card next to the middle of what was
 * seen, else on its first one.
 *
 * @param whole the zoom that shows all of it in the pane.
 * @returns "whole" to show all of it, else the view.
 */
export function openingView(graph: Graph, pane: Size, whole: number): View | "whole" {
  const { nodes, viewport } = graph;
  const { x, y, zoom } = viewport;
  const isSeen = (x !== 0 || y !== 0 || zoom !== 1) && !isLost(graph, pane);
  if (isSeen && zoom >= LOWEST_OPENING_ZOOM) return viewport;
  if (!isSeen && whole >= LOWEST_OPENING_ZOOM) return nodes.length > 0 ? "whole" : viewport;
  const middle = { x: (pane.width / 2 - x) / zoom, y: (pane.height / 2 - y) / zoom };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const cards = nodes.filter(({ type }) => shapeOf(type) !== "frame");
  const [first, ...rest] = (cards.length > 0 ? cards : nodes).map((node) => absolutePosition(byId, node));
  if (!first) return viewport;
  const distance = (place: typeof first) =>
    isSeen ? Math.hypot(place.x - middle.x, place.y - middle.y) : place.x + place.y;
  const place = rest.reduce((best, each) => (distance(each) < distance(best) ? each : best), first);
  const at = isSeen
    ? {
        x: pane.width / 2 - (CARD_WIDTH / 2) * READABLE_ZOOM,
        y: pane.height / 2 - (defaultSize.height / 2) * READABLE_ZOOM,
      }
    : { x: MARGIN_PX, y: MARGIN_PX };
  return {
    ...viewport,
    x: at.x - place.x * READABLE_ZOOM,
    y: at.y - place.y * READABLE_ZOOM,
    zoom: READABLE_ZOOM,
  };
}

function isLost({ nodes, viewport: { x, y, zoom } }: Graph, { width, height }: Size): boolean {
  if (nodes.length === 0) return false;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const places = nodes.map((node) => ({ ...absolutePosition(byId, node), width: 0, height: 0 }));
  const around = boxAround(places);
  const [wide, high] = [(LOST_PANES * width) / zoom, (LOST_PANES * height) / zoom];
  const near = {
    x: around.x - wide,
    y: around.y - high,
    width: around.width + 2 * wide,
    height: around.height + 2 * high,
  };
  return !overlaps(near, { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom });
}
