import { useConnection } from "../stores/connection.ts";
import styles from "./line-notice.module.css";

/** Said while the window has lost the studio: nothing typed is lost, and it comes back by itself. */
export function LineNotice() {
  const down = useConnection((state) => state.everUp && !state.up);
  if (!down) return null;
  return (
    <div className={styles["notice"]} role="status">
      <span className={styles["dot"]} />
      Reconnecting… Your edits stay in this window and are kept as soon as the studio is back.
    </div>
  );
}
