/** What a keyboard event says of a press. */
export type KeyPress = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing"
> & {
  /** 229 while an input method has the key, also where `isComposing` comes too late to say so. */
  readonly keyCode?: number;
  readonly getModifierState?: (name: "AltGraph") => boolean;
};

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/**
 * The one place that reads a press: the shortcuts it may be, in the words of the action lists ("Mod+Shift+Z", "Plus",
 * "Alt+1"), the likeliest first; none while an input method composes.
 *
 * The letter that a person sees on the key decides, so Dvorak, Colemak and AZERTY have their own. The place of the key,
 * as on a US keyboard, counts only where its letter is not Latin, for the digits' row, which some layouts shift, and
 * for Option on a Mac, which writes other characters. Shift is part of a character that is no letter: "?" and "+" are
 * what they are, however they are written.
 *
 * @see https://w3c.github.io/uievents-code/ for the names of places
 */
export function keyNames(press: KeyPress, mac: boolean = isMac): readonly string[] {
  const { key, code } = press;
  if (isComposing(press)) return [];
  // AltGr comes as Ctrl and Alt on Windows, but it only writes: what counts is the character.
  const writes = press.getModifierState?.("AltGraph") === true;
  const mod = !writes && (mac ? press.metaKey : press.ctrlKey);
  const other = !writes && (mac ? press.ctrlKey : press.metaKey);
  const alt = !writes && press.altKey;
  const name = (last: string, shift: boolean) =>
    [mod && "Mod", other && "Other", alt && "Alt", shift && "Shift", last].filter(Boolean).join("+");

  const atPlace = place(code, press.shiftKey);
  const byPlace = atPlace ? [name(atPlace.key, atPlace.shift)] : [];
  if (mac && alt && (isText(key) || key === "Dead")) return byPlace;
  if (!isText(key)) return key === "Dead" || key === "Unidentified" ? [] : [name(key, press.shiftKey)];
  if (/^[a-z]$/i.test(key)) return [name(key.toUpperCase(), press.shiftKey)];
  if (isOfOtherScript(key)) return byPlace;
  const byCharacter = name(characterNames[key] ?? key, key === " " && press.shiftKey);
  return code.startsWith("Digit") && !/\d/.test(key) ? [byCharacter, ...byPlace] : [byCharacter];
}

/** Whether an input method has the press: it is not meant for anything else. */
function isComposing({ isComposing: composing, key, keyCode }: KeyPress): boolean {
  return composing || keyCode === 229 || key === "Process";
}

/** What a press means among these shortcuts. */
export function findShortcut<Meaning>(
  press: KeyPress,
  shortcuts: ReadonlyMap<string, Meaning>,
  mac: boolean = isMac,
): { readonly keys: string; readonly meaning: Meaning } | undefined {
  for (const keys of keyNames(press, mac)) {
    const meaning = shortcuts.get(keys);
    if (meaning !== undefined) return { keys, meaning };
  }
  return undefined;
}

/** Whether these keys would write into a text field; there they belong to the text. */
export function writesText(keys: string, mac: boolean = isMac): boolean {
  if (keys.startsWith("Mod+")) return false;
  return mac || !keys.startsWith("Alt+");
}

/** Named keys are ASCII words; everything else is what the press writes, which may be several characters. */
const isText = (key: string): boolean => !/^[A-Za-z][A-Za-z0-9]+$/.test(key);

/** Letters and digits of other scripts, and Arabic punctuation. Latin letters with a mark are Latin. */
function isOfOtherScript(key: string): boolean {
  return /^[\p{L}\p{M}\p{Nd}؟،؛]/u.test(key) && !/^[\p{Script=Latin}\d]/u.test(key);
}

/** Characters that cannot stand in a name joined by plus signs. */
const characterNames: Readonly<Record<string, string>> = { "+": "Plus", " ": "Space" };

/** US characters of places that hold no letter or digit: alone, and with Shift. */
const marks: Readonly<Record<string, readonly [plain: string, shifted: string]>> = {
  Minus: ["-", "_"],
  Equal: ["=", "Plus"],
  BracketLeft: ["[", "{"],
  BracketRight: ["]", "}"],
  Backslash: ["\\", "|"],
  Semicolon: [";", ":"],
  Quote: ["'", '"'],
  Comma: [",", "<"],
  Period: [".", ">"],
  Slash: ["/", "?"],
};

function place(code: string, shift: boolean): { readonly key: string; readonly shift: boolean } | undefined {
  const key = /^(?:Key([A-Z])|Digit(\d))$/.exec(code);
  if (key) return { key: key[1] ?? key[2] ?? "", shift };
  const mark = marks[code];
  return mark && { key: mark[shift ? 1 : 0], shift: false };
}

/**
 * While an input method composes, its Enter, Escape and arrows belong to it: no list closes, no rename ends. Held once,
 * before any listener of ours or of a library hears the key.
 *
 * @returns stops it
 */
export function leaveComposingAlone(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (isComposing(event)) event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", onKey, { capture: true });
  return () => window.removeEventListener("keydown", onKey, { capture: true });
}
