import { describe, expect, test } from "vitest";
import { findShortcut, type KeyPress, keyNames, writesText } from "../../app/ui/key-names.ts";

type Held = "ctrl" | "cmd" | "alt" | "shift" | "altgr" | "composing";

/** A press as browsers tell it: what it writes, the place of the key, what is held. */
function press(key: string, code: string, ...held: readonly Held[]): KeyPress {
  const holds = (name: Held) => held.includes(name);
  return {
    key,
    code,
    ctrlKey: holds("ctrl"),
    metaKey: holds("cmd"),
    altKey: holds("alt"),
    shiftKey: holds("shift"),
    isComposing: holds("composing"),
    getModifierState: () => holds("altgr"),
  };
}

const none = "";
type Case = readonly [what: string, wanted: string, key: string, code: string, ...held: readonly Held[]];

/** The first name is what is meant where both are bound. */
const layouts: Readonly<Record<string, readonly Case[]>> = {
  US: [
    ["undo", "Mod+Z", "z", "KeyZ", "ctrl"],
    ["undo with Caps Lock", "Mod+Z", "Z", "KeyZ", "ctrl"],
    ["redo", "Mod+Shift+Z", "Z", "KeyZ", "ctrl", "shift"],
    ["fit", "F", "f", "KeyF"],
    ["tidy", "Shift+T", "T", "KeyT", "shift"],
    ["help", "?", "?", "Slash", "shift"],
    ["add", "/", "/", "Slash"],
    ["plus", "Plus", "+", "Equal", "shift"],
    ["page zoom in", "Mod+=", "=", "Equal", "ctrl"],
    ["page zoom in with Shift", "Mod+Plus", "+", "Equal", "ctrl", "shift"],
    ["page zoom out with Shift", "Mod+_", "_", "Minus", "ctrl", "shift"],
    ["inspector", "Mod+\\", "\\", "Backslash", "ctrl"],
    ["a drawer", "Alt+1", "1", "Digit1", "alt"],
    ["run", "Mod+Enter", "Enter", "Enter", "ctrl"],
    ["retry", "Alt+Shift+Enter", "Enter", "Enter", "alt", "shift"],
    ["far to the left", "Shift+ArrowLeft", "ArrowLeft", "ArrowLeft", "shift"],
    ["space", "Space", " ", "Space"],
    ["the Windows key is no Ctrl", "Other+Z", "z", "KeyZ", "cmd"],
    ["a shifted digit is its character", "!", "!", "Digit1", "shift"],
  ],
  Russian: [
    ["undo", "Mod+Z", "я", "KeyZ", "ctrl"],
    ["redo", "Mod+Shift+Z", "Я", "KeyZ", "ctrl", "shift"],
    ["fit", "F", "а", "KeyF"],
    ["find a command", "Mod+K", "л", "KeyK", "ctrl"],
    ["posts", "Alt+P", "з", "KeyP", "alt"],
    ["previous item", "[", "х", "BracketLeft"],
    ["settings", "Mod+,", "б", "Comma", "ctrl"],
    ["cancel", "Mod+.", "ю", "Period", "ctrl"],
    ["the full stop is where it is written", "Mod+.", ".", "Slash", "ctrl"],
    ["help", "?", "?", "Digit7", "shift"],
  ],
  Greek: [
    ["undo", "Mod+Z", "ζ", "KeyZ", "ctrl"],
    ["fit", "F", "φ", "KeyF"],
    ["duplicate", "Mod+D", "δ", "KeyD", "ctrl"],
    ["a sigma at the end is W's place", "W", "ς", "KeyW"],
  ],
  Hebrew: [
    ["undo", "Mod+Z", "ז", "KeyZ", "ctrl"],
    ["fit", "F", "כ", "KeyF"],
    ["add", "/", "/", "KeyQ"],
    ["settings", "Mod+,", "ת", "Comma", "ctrl"],
  ],
  Arabic: [
    ["undo", "Mod+Z", "ئ", "KeyZ", "ctrl"],
    ["fit", "F", "ب", "KeyF"],
    ["two letters on one key", "B", "لا", "KeyB"],
    ["zoom to selection", "2", "٢", "Digit2"],
    ["help", "?", "؟", "Slash", "shift"],
  ],
  Dvorak: [
    ["copy, not import", "Mod+C", "c", "KeyI", "ctrl"],
    ["import", "Mod+I", "i", "KeyG", "ctrl"],
    ["cancel, not export", "Mod+.", ".", "KeyE", "ctrl"],
    ["export", "Mod+E", "e", "KeyD", "ctrl"],
    ["undo", "Mod+Z", "z", "Slash", "ctrl"],
    ["add", "/", "/", "BracketLeft"],
  ],
  Colemak: [
    ["select", "Mod+S", "s", "KeyD", "ctrl"],
    ["fit, not what stands at its place", "F", "f", "KeyE"],
    ["export", "Mod+E", "e", "KeyK", "ctrl"],
    ["find a command", "Mod+K", "k", "KeyN", "ctrl"],
  ],
  AZERTY: [
    ["undo", "Mod+Z", "z", "KeyW", "ctrl"],
    ["select all", "Mod+A", "a", "KeyQ", "ctrl"],
    ["a digit as it is written", "1", "1", "Digit1", "shift"],
    ["settings", "Mod+,", ",", "KeyM", "ctrl"],
    ["zoom out, on the row of digits", "-", "-", "Digit6"],
    ["no other shortcut stands on a parenthesis", ")", ")", "Minus"],
    ["a letter with a mark is no place", "ù", "ù", "Quote"],
  ],
  QWERTZ: [
    ["undo", "Mod+Z", "z", "KeyY", "ctrl"],
    ["redo", "Mod+Y", "y", "KeyZ", "ctrl"],
    ["zoom in", "Plus", "+", "BracketRight"],
    ["page zoom in", "Mod+Plus", "+", "BracketRight", "ctrl"],
    ["page zoom out", "Mod+-", "-", "Slash", "ctrl"],
    ["ß does not zoom out", "ß", "ß", "Minus"],
    ["ü picks no item", "ü", "ü", "BracketLeft"],
    ["previous item, by AltGr as Windows tells it", "[", "[", "Digit8", "ctrl", "alt", "altgr"],
    ["add", "/", "/", "Digit7", "shift"],
    ["a dead key", none, "Dead", "Backquote"],
  ],
  Polish: [["ż is written, not undone", "ż", "ż", "KeyZ", "ctrl", "alt", "altgr"]],
  Spanish: [["¡ does not zoom in", "¡", "¡", "Equal"]],
  "number pad": [
    ["zoom in", "Plus", "+", "NumpadAdd"],
    ["zoom out", "-", "-", "NumpadSubtract"],
    ["page zoom in", "Mod+Plus", "+", "NumpadAdd", "ctrl"],
    ["page zoom out", "Mod+-", "-", "NumpadSubtract", "ctrl"],
    ["fit", "1", "1", "Numpad1"],
    ["run", "Mod+Enter", "Enter", "NumpadEnter", "ctrl"],
    ["without Num Lock", "End", "End", "Numpad1"],
  ],
  "input method": [
    ["its Enter", none, "Enter", "Enter", "composing"],
    ["its Escape", none, "Escape", "Escape", "composing"],
    ["a key it took", none, "Process", "KeyZ", "ctrl"],
  ],
};

const presses = (cases: readonly Case[]) =>
  cases.map(([what, wanted, key, code, ...held]) => ({ what, wanted, given: press(key, code, ...held) }));

describe.each(Object.entries(layouts))("%s", (_, cases) => {
  test.each(presses(cases))("$what: $wanted", ({ wanted, given }) => {
    expect(keyNames(given, false)[0] ?? none).toBe(wanted);
  });
});

const mac: readonly Case[] = [
  ["undo", "Mod+Z", "z", "KeyZ", "cmd"],
  ["redo", "Mod+Shift+Z", "z", "KeyZ", "cmd", "shift"],
  ["Ctrl is another key", "Other+K", "k", "KeyK", "ctrl"],
  ["undo in Russian", "Mod+Z", "я", "KeyZ", "cmd"],
  ["a drawer", "Alt+1", "¡", "Digit1", "alt"],
  ["posts", "Alt+P", "π", "KeyP", "alt"],
  ["new, where Option makes a dead key", "Alt+N", "Dead", "KeyN", "alt"],
  ["dry run", "Alt+Enter", "Enter", "Enter", "alt"],
  ["run", "Mod+Enter", "Enter", "Enter", "cmd"],
  ["page zoom in", "Mod+=", "=", "Equal", "cmd"],
];

test.each(presses(mac))("Mac, $what: $wanted", ({ wanted, given }) => {
  expect(keyNames(given, true)[0] ?? none).toBe(wanted);
});

test("the row of digits counts as digits where a layout shifts them, unless the character itself is bound", () => {
  const bound = new Map([
    ["1", "fit"],
    ["-", "zoom out"],
  ]);
  expect(findShortcut(press("&", "Digit1"), bound, false)?.meaning).toBe("fit");
  expect(findShortcut(press("&", "Digit1"), new Map([...bound, ["&", "other"]]), false)?.meaning).toBe(
    "other",
  );
  expect(findShortcut(press("-", "Digit6"), bound, false)?.meaning).toBe("zoom out");
  expect(findShortcut(press("!", "Digit1", "shift"), bound, false)).toBeUndefined();
});

test("keys that would write belong to the field that has the focus", () => {
  expect(["F", "?", "Shift+T", "["].every((keys) => writesText(keys, false))).toBe(true);
  expect(writesText("Mod+S", false)).toBe(false);
  expect(writesText("Alt+1", false)).toBe(false);
  // Option writes "¡" there.
  expect(writesText("Alt+1", true)).toBe(true);
});
