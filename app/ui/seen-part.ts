/** What stands over the window's middle for a while says so by this attribute. */
const LIES_OVER = "[data-lies-over]";

/** The part of an area that is seen: in a slim window the inspector lies over the right of the canvas. */
export function seenPart(area: DOMRect): DOMRect {
  const over = document.querySelector<HTMLElement>(LIES_OVER);
  if (!over) return area;
  // Where it comes to stand, also while it still slides in.
  const left = (over.offsetParent?.getBoundingClientRect().left ?? 0) + over.offsetLeft;
  return left <= area.left || left >= area.right
    ? area
    : new DOMRect(area.left, area.top, left - area.left, area.height);
}
