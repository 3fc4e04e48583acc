import { useServer } from "../stores/server.ts";
import { closeOverlay, useShell } from "../stores/shell.ts";
import { Dialog } from "../ui/dialog.tsx";
import styles from "./trouble-dialog.module.css";

export function AboutDialog() {
  const open = useShell((state) => state.overlay === "about");
  const info = useServer((state) => state.info);
  return (
    <Dialog open={open} onClose={closeOverlay} title="Catwalk">
      <div className={styles["trouble"]} data-selectable>
        <p>Version {info?.version ?? "unknown"}</p>
        <p className={styles["remedy"]}>
          A visual pipeline studio for generative media. Graphs, runs and results stay on this machine; only
          what a run sends goes to the server you chose.
        </p>
        <p className={styles["remedy"]}>MIT licence.</p>
      </div>
    </Dialog>
  );
}
