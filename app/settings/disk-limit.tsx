import { useCallback, useEffect, useState } from "react";
import { type DiskBoundState, LEAST_DISK_LIMIT_BYTES } from "../../src/studio/contract.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toast } from "../ui/toasts.tsx";
import { t } from "../words/words.ts";
import shared from "./settings-dialog.module.css";
import styles from "./storage-part.module.css";

const GB = 1_000_000_000;
const LEAST_GB = LEAST_DISK_LIMIT_BYTES / GB;

/** The bound on media and previews, and what goes by itself above it. */
export function DiskLimit({ onFreed }: { readonly onFreed: () => void }) {
  const [bound, setBound] = useState<DiskBoundState>();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const show = useCallback((state: DiskBoundState) => {
    setBound(state);
    setText(String(state.limitBytes / GB));
  }, []);
  const look = useCallback(async () => {
    const answer = await called(studio.client.storage.bound());
    if (answer.ok) show(answer.value);
  }, [show]);
  useEffect(() => void look(), [look]);
  if (!bound) return null;

  const limitBytes = Math.round(Number(text) * GB);
  const isValid = limitBytes >= LEAST_DISK_LIMIT_BYTES && Number.isSafeInteger(limitBytes);
  const take = async () => {
    if (!isValid || limitBytes === bound.limitBytes) return;
    const answer = await called(studio.client.storage.setLimit({ limitBytes }));
    if (!answer.ok) return told(t("settings.limitNotKept"), answer);
    show(answer.value);
    onFreed();
  };
  const free = async () => {
    setBusy(true);
    const answer = await called(studio.client.storage.freeUp());
    setBusy(false);
    if (!answer.ok) told(t("settings.nothingFreed"), answer);
    else {
      const { freedBytes, files } = answer.value;
      toast({ title: t("settings.freed", { bytes: freedBytes, files }) });
    }
    await look();
    onFreed();
  };
  return (
    <>
      <div className={styles["bound"]}>
        <span>{t("settings.keepWithin")}</span>
        <TextField
          inputMode="decimal"
          aria-label={t("settings.keepWithinGb")}
          aria-invalid={!isValid}
          title={t("settings.atLeastGb", { least: LEAST_GB })}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void take()}
          onKeyDown={(event) => event.key === "Enter" && void take()}
        />
        <span>{t("settings.gbUsed", { used: bound.usedBytes })}</span>
      </div>
      <p className={shared["text"]}>{t("settings.aboveLimit")}</p>
      {bound.freeableBytes > 0 && (
        <div>
          <Button size="small" disabled={busy} onClick={() => void free()}>
            {t("settings.freeRemakable", { bytes: bound.freeableBytes })}
          </Button>
        </div>
      )}
    </>
  );
}

function told(title: string, { failure }: Extract<Called<unknown>, { ok: false }>): void {
  const { message, remedy } = wordsOf(failure);
  toast({ title: `${title}: ${message}`, description: remedy, look: "danger" });
}
