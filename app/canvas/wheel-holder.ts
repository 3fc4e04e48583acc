/** React Flow leaves the wheel to what carries this class. */
const HOLDS_WHEEL = "nowheel";

/**
 * Gives the wheel to what scrolls under the pointer: a text or a list of a card that has more than it shows, and only
 * then. It keeps the wheel at its end, so that the canvas does not run away under a reader. With Ctrl it always zooms.
 *
 * Call it before React Flow hears of the turn.
 */
export function giveWheelTo({ target, deltaX, deltaY, ctrlKey }: WheelTurn): void {
  for (const before of document.querySelectorAll(`.${HOLDS_WHEEL}`)) before.classList.remove(HOLDS_WHEEL);
  if (ctrlKey || !(target instanceof Element)) return;
  const along = Math.abs(deltaY) >= Math.abs(deltaX) ? "y" : "x";
  const card = target.closest(".react-flow__node");
  for (let element: Element | null = target; element && element !== card; element = element.parentElement) {
    if (!scrolls(element, along)) continue;
    element.classList.add(HOLDS_WHEEL);
    return;
  }
}

type WheelTurn = Pick<WheelEvent, "target" | "deltaX" | "deltaY" | "ctrlKey">;

function scrolls(element: Element, along: "x" | "y"): boolean {
  const more =
    along === "y" ? element.scrollHeight - element.clientHeight : element.scrollWidth - element.clientWidth;
  // Fractions of a pixel are no text.
  if (more <= 1) return false;
  const { overflowX, overflowY } = getComputedStyle(element);
  return /auto|scroll/.test(along === "y" ? overflowY : overflowX);
}
