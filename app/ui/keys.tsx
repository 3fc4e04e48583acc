import { isMac } from "./key-names.ts";
import styles from "./keys.module.css";

/** Keys as a person reads them, joined by `+`: "Ctrl+Shift+Z". `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={styles["keys"]}>
      {keys.split("+").map((key) => (
        <kbd key={key}>{keyName(key)}</kbd>
      ))}
    </span>
  );
}

const names: Readonly<Record<string, readonly [mac: string, other: string]>> = {
  Mod: ["⌘", "Ctrl"],
  Shift: ["⇧", "Shift"],
  Alt: ["⌥", "Alt"],
  ArrowLeft: ["←", "←"],
  ArrowRight: ["→", "→"],
  ArrowUp: ["↑", "↑"],
  ArrowDown: ["↓", "↓"],
  Escape: ["Esc", "Esc"],
  Delete: ["⌦", "Del"],
  Enter: ["↵", "Enter"],
  Plus: ["+", "+"],
};

function keyName(key: string): string {
  return names[key]?.[isMac ? 0 : 1] ?? key;
}
