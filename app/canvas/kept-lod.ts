import { type FocusEvent, useState } from "react";
import { type Lod, useLod } from "./lod.ts";

/**
 * How much of a card is drawn: all of it while something inside has the focus, however far away the card is. What would
 * go from under a person's hands would send their next key to the canvas.
 *
 * @returns the level, and listeners for the card's element
 */
export function useKeptLod(): readonly [
  Lod,
  { readonly onFocus: (event: FocusEvent) => void; readonly onBlur: (event: FocusEvent) => void },
] {
  const lod = useLod();
  const [held, setHeld] = useState(false);
  return [
    held ? "full" : lod,
    {
      onFocus: () => setHeld(true),
      // When the window loses the focus, the field keeps it for when the person comes back.
      onBlur: ({ currentTarget, relatedTarget }) => {
        const stays = relatedTarget instanceof Node ? relatedTarget : document.activeElement;
        setHeld(currentTarget.contains(stays));
      },
    },
  ];
}
