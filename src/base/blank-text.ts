/** Spaces, control and format marks, what fonts leave out, and the empty sign of Braille. */
const blank = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether a person sees nothing in a text: spaces, and marks without width such as U+200B, U+2060 or U+FEFF. */
export function isBlankText(text: string): boolean {
  return blank.test(text);
}
