import { useServer } from "../stores/server.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { Dialog } from "../ui/dialog.tsx";
import { t } from "../words/words.ts";
import styles from "./trouble-dialog.module.css";

export function AboutDialog() {
  const open = useShell((state) => state.overlay === "about");
  const info = useServer((state) => state.info);
  return (
    <Dialog open={open} onClose={closeOverlay} title="Catwalk">
      <div className={styles["trouble"]} data-selectable>
        <p>{info ? t("shell.version", { version: info.version }) : t("shell.versionUnknown")}</p>
        <p className={styles["remedy"]}>{t("shell.aboutText")}</p>
        <p className={styles["remedy"]}>{t("shell.licence")}</p>
      </div>
    </Dialog>
  );
}
