import { useCallback, useEffect, useState } from "react";
import { type DiskBoundState, LEAST_DISK_LIMIT_BYTES } from "../../src/studio/contract.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toast } from "../ui/toasts.tsx";
import { count, size } from "../words/amounts.ts";
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
    if (!answer.ok) return told("The limit was not kept", answer);
    show(answer.value);
    onFreed();
  };
  const free = async () => {
    setBusy(true);
    const answer = await called(studio.client.storage.freeUp());
    setBusy(false);
    if (!answer.ok) told("Nothing was freed", answer);
    else toast({ title: `Freed ${size(answer.value.freedBytes)} in ${count(answer.value.files, "file")}.` });
    await look();
    onFreed();
  };
  return (
    <>
      <div className={styles["bound"]}>
        <span>Keep media and previews within</span>
        <TextField
          inputMode="decimal"
          aria-label="Keep media and previews within, GB"
          aria-invalid={!isValid}
          title={`At least ${LEAST_GB} GB`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void take()}
          onKeyDown={(event) => event.key === "Enter" && void take()}
        />
        <span>GB; {size(bound.usedBytes)} are used</span>
      </div>
      <p className={shared["text"]}>
        Above that, previews and renders that can be made again free of charge go by themselves, the least
        recently used first. Results from servers and your own files go only by your hand.
      </p>
      {bound.freeableBytes > 0 && (
        <div>
          <Button size="small" disabled={busy} onClick={() => void free()}>
            Free {size(bound.freeableBytes)} that can be made again
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
