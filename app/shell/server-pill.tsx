import { ChevronDown, FlaskConical, Radio, TriangleAlert } from "lucide-react";
import { useServer } from "../stores/server.ts";
import { openOverlay } from "../stores/shell.ts";
import { Tooltip } from "../ui/tooltip.tsx";
import { t, told } from "../words/words.ts";
import styles from "./server-pill.module.css";

/** Which server a run would use. The sandbox never looks like the real thing, nor the other way round. */
export function ServerPill() {
  const connection = useServer((state) => state.connection);
  if (!connection) return null;
  const { label, isSandbox, state, problem } = connection;
  const Icon = problem ? TriangleAlert : isSandbox ? FlaskConical : Radio;
  const why = problem ? told(problem) : isSandbox ? t("shell.sandboxPill") : t("shell.realPill", { label });
  return (
    <Tooltip text={why}>
      <button
        type="button"
        className={styles["pill"]}
        data-server={isSandbox ? "sandbox" : "real"}
        data-trouble={problem ? "" : undefined}
        aria-label={t("shell.serverLabel", { label })}
        onClick={() => openOverlay("settings")}
      >
        <Icon size={14} />
        <span translate="no">{label}</span>
        {state === "connecting" && <span className={styles["state"]}>{t("shell.connecting")}</span>}
        <ChevronDown size={12} />
      </button>
    </Tooltip>
  );
}
