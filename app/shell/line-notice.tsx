import { useEffect, useState } from "react";
import { useServer } from "../stores/server.ts";
import { Notice } from "../ui/notice.tsx";
import { t } from "../words/words.ts";
import styles from "./line-notice.module.css";

/** After this long the studio was probably closed, and a person has to start it again. */
const LONG_MS = 10_000;

/** Said while the window has lost the studio: nothing typed is lost, and it comes back by itself. */
export function LineNotice() {
  const down = useServer((state) => state.everUp && !state.up);
  return down ? <Reconnecting /> : null;
}

function Reconnecting() {
  const isWeb = useServer((state) => state.info?.host !== "electron");
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Notice role="status">
      <span className={styles["dot"]} />
      {long && isWeb ? t("shell.reconnectingLong") : t("shell.reconnecting")}
    </Notice>
  );
}
