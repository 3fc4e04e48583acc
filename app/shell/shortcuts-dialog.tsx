import { useServer } from "../stores/server.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Keys } from "../ui/keys.tsx";
import { t } from "../words/words.ts";
import { actionGroups, groupWords, shownKeys } from "./actions.ts";
import { useActions } from "./actions-context.ts";
import { balancedColumns } from "./balanced-columns.ts";
import styles from "./shortcuts-dialog.module.css";

/** Eight of these say nothing that the first does not. */
const leftOut = /^nudge-/;

const COLUMNS = 3;
/** A heading and the room before it, in rows. */
const HEADING_ROWS = 2;

export function ShortcutsDialog() {
  const open = useShell((state) => state.overlay === "shortcuts");
  const actions = useActions();
  const host = useServer((state) => state.info?.host);
  const groups = actionGroups.map((group) => ({
    group,
    rows: actions.flatMap((action) =>
      action.group === group && action.keys && !leftOut.test(action.id)
        ? [[action.label, shownKeys(action, host) ?? action.keys] as const]
        : [],
    ),
  }));
  const columns = balancedColumns(
    groups.map(({ group, rows }) => ({ group, rows, height: rows.length + HEADING_ROWS })),
    COLUMNS,
  );
  return (
    <Dialog open={open} onClose={closeOverlay} title={t("shell.shortcuts")} wide>
      <div className={styles["groups"]}>
        {columns.map((column) => (
          <div key={column[0]?.group} className={styles["column"]}>
            {column.map(({ group, rows }) => (
              <section key={group} aria-label={groupWords(group)}>
                <h3>{groupWords(group)}</h3>
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
        ))}
      </div>
    </Dialog>
  );
}
