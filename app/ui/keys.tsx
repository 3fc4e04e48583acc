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

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function keyName(key: string): string {
  if (key === "Mod") return isMac ? "⌘" : "Ctrl";
  if (key === "Shift") return isMac ? "⇧" : "Shift";
  if (key === "Alt") return isMac ? "⌥" : "Alt";
  return key;
}
