import { RefreshCw } from "lucide-react";
import { useEffect } from "react";
import { platformTitle } from "../../../src/nodes/publish/platforms/platforms.ts";
import { refreshAccounts, useAccounts } from "../../stores/server.ts";
import { wordsOf } from "../../stores/studio.ts";
import { IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/select.tsx";
import { accountWords } from "../../words/post-words.ts";
import styles from "./account-control.module.css";
import type { ControlProps } from "./control.ts";

/** The account a post goes to. None is picked for the person. */
export function AccountControl({ field, value, onChange, disabled, invalid }: ControlProps<"account">) {
  const phase = useAccounts((state) => state.phase);
  const accounts = useAccounts((state) => state.found);
  const failure = useAccounts((state) => state.failure);
  useEffect(() => {
    if (phase === "unknown") void refreshAccounts();
  }, [phase]);
  const fitting = accounts.filter(({ platform }) => platform === field.platform);
  const chosen = fitting.find(({ accountId }) => accountId === value);
  return (
    <>
      <div className={styles["row"]}>
        <Avatar name={chosen?.username} />
        <Select
          label={field.label}
          invalid={invalid}
          disabled={disabled}
          placeholder={phase === "loading" ? "Looking…" : "Choose an account"}
          value={typeof value === "string" ? value : undefined}
          options={fitting.map(({ accountId, username, displayName, status }) => ({
            value: accountId,
            label: accountWords({ accountName: username, accountId }),
            detail: [
              displayName === username ? undefined : displayName,
              status === "active" ? undefined : status,
            ]
              .filter(Boolean)
              .join(" · "),
          }))}
          onChange={onChange}
        />
        <IconButton size="medium" label="Look for accounts again" onClick={() => void refreshAccounts()}>
          <RefreshCw size={14} />
        </IconButton>
      </div>
      {phase === "failed" && failure && (
        <p className={styles["note"]}>
          {wordsOf(failure).message} {wordsOf(failure).remedy}
        </p>
      )}
      {phase === "loaded" && fitting.length === 0 && (
        <p className={styles["note"]}>
          No {platformTitle(field.platform)} account is connected to this server.
        </p>
      )}
    </>
  );
}

/** A letter, since pictures of accounts lie on other sites and the window loads from none. */
function Avatar({ name }: { readonly name: string | undefined }) {
  return (
    <span className={styles["avatar"]} data-empty={name ? undefined : ""} aria-hidden="true">
      {name?.charAt(0).toUpperCase() ?? "?"}
    </span>
  );
}
