import { Dialog } from "../ui/dialog.tsx";
import { Keys } from "../ui/keys.tsx";
import { useActions } from "./actions-context.ts";
import { closeOverlay, useShell } from "./shell-store.ts";
import styles from "./shortcuts-dialog.module.css";

/** Keys the canvas listens to by itself; the others come from the actions. */
const canvasKeys: readonly (readonly [string, string])[] = [
  ["Add a node", "/"],
  ["Undo", "Mod+Z"],
  ["Redo", "Mod+Shift+Z"],
  ["Copy", "Mod+C"],
  ["Paste", "Mod+V"],
  ["Duplicate", "Mod+D"],
  ["Select all", "Mod+A"],
  ["Group", "Mod+G"],
  ["Delete", "Delete"],
  ["Show everything", "Shift+1"],
];

export function ShortcutsDialog() {
  const open = useShell((state) => state.overlay === "shortcuts");
  const actions = useActions();
  const groups = (["File", "Run", "View"] as const).map((group) => ({
    group,
    rows: actions.flatMap((action) =>
      action.group === group && action.keys ? [[action.label, action.keys] as const] : [],
    ),
  }));
  return (
    <Dialog open={open} onClose={closeOverlay} title="Keyboard shortcuts" wide>
      <div className={styles["groups"]}>
        {[{ group: "Canvas", rows: canvasKeys }, ...groups].map(({ group, rows }) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {rows.map(([label, keys]) => (
                <div key={label} className={styles["row"]}>
                  <dt>{label}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
