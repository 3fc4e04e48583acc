import { type ReactNode, useCallback, useEffect, useState } from "react";
import {
  type CleanUpPreview,
  type Retention,
  type StorageClass,
  type StorageUsage,
  storageClasses,
} from "../../src/studio/contract.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toast } from "../ui/toasts.tsx";
import { ago, money, size, t } from "../words/words.ts";
import { DiskLimit } from "./disk-limit.tsx";
import { Part } from "./part.tsx";
import shared from "./settings-dialog.module.css";
import styles from "./storage-part.module.css";

/** How long runs are kept, what fills the disk, and what of it can go. */
export function StoragePart() {
  const [retention, setRetention] = useState<Retention>();
  const [usage, setUsage] = useState<Called<StorageUsage>>();
  const look = useCallback(() => void called(studio.client.storage.usage()).then(setUsage), []);
  useEffect(() => {
    look();
    void called(studio.client.history.retention()).then((answer) => {
      if (answer.ok) setRetention(answer.value);
    });
  }, [look]);
  const keep = async (next: Retention) => {
    setRetention(next);
    const answer = await called(studio.client.history.setRetention(next));
    if (!answer.ok) told(t("settings.notKept"), answer);
  };
  return (
    <Part title={t("settings.storage")}>
      {retention && <Bounds retention={retention} onChange={(next) => void keep(next)} />}
      <p className={shared["text"]}>{t("settings.outsideBounds")}</p>
      <Usage usage={usage} />
      <DiskLimit onFreed={look} />
      {retention && <FreeUp retention={retention} usage={usage} onFreed={look} />}
    </Part>
  );
}

function told(title: string, { failure }: Extract<Called<unknown>, { ok: false }>): void {
  const { message, remedy } = wordsOf(failure);
  toast({ title: `${title}: ${message}`, description: remedy, look: "danger" });
}

function Bounds(props: { readonly retention: Retention; readonly onChange: (next: Retention) => void }) {
  const { days, runs } = props.retention;
  const set = (change: { readonly days?: number | undefined; readonly runs?: number | undefined }) => {
    const next = { days, runs, ...change };
    props.onChange({
      ...(next.days === undefined ? {} : { days: next.days }),
      ...(next.runs === undefined ? {} : { runs: next.runs }),
    });
  };
  return (
    <div className={styles["bounds"]}>
      <Bound
        label={t("settings.keepRunsFor")}
        unit={t("settings.days")}
        most={3650}
        value={days}
        onChange={(value) => set({ days: value })}
      />
      <Bound
        label={t("settings.keepAtMost")}
        unit={t("settings.runs")}
        most={1_000_000}
        value={runs}
        onChange={(value) => set({ runs: value })}
      />
    </div>
  );
}

/** A whole number, or nothing for no bound; taken when the field is left. */
function Bound(props: {
  readonly label: string;
  readonly unit: string;
  readonly most: number;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}) {
  const { label, unit, most, value, onChange } = props;
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const number = Number(text);
  const isValid = text.trim() === "" || (Number.isInteger(number) && number >= 1 && number <= most);
  const take = () => {
    const next = text.trim() === "" ? undefined : number;
    if (isValid && next !== value) onChange(next);
  };
  return (
    <div className={styles["bound"]}>
      <span>{label}</span>
      <TextField
        inputMode="numeric"
        placeholder={t("settings.all")}
        aria-label={`${label}, ${unit}`}
        aria-invalid={!isValid}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
      <span>{unit}</span>
    </div>
  );
}

const classWords = {
  results: "settings.results",
  uploads: "settings.uploads",
  renders: "settings.renders",
  previews: "settings.previews",
  records: "settings.records",
  saved: "settings.saved",
  sandbox: "settings.sandboxFiles",
  other: "settings.other",
} as const satisfies { readonly [Class in StorageClass]: string };

function Usage({ usage }: { readonly usage: Called<StorageUsage> | undefined }) {
  if (!usage) return <p className={shared["text"]}>{t("settings.lookingThrough")}</p>;
  if (!usage.ok)
    return (
      <p role="alert" className={shared["problem"]}>
        {wordsOf(usage.failure).message} {wordsOf(usage.failure).remedy}
      </p>
    );
  const figures = usage.value;
  const total = storageClasses.reduce((sum, name) => sum + figures[name].bytes, 0);
  const used = storageClasses.filter((name) => figures[name].bytes > 0);
  return (
    <table className={styles["usage"]}>
      <caption className="visually-hidden">{t("settings.whatFills")}</caption>
      <tbody>
        {used.map((name) => (
          <tr key={name}>
            <th scope="row">{t(classWords[name])}</th>
            <td>{t("settings.files", { files: figures[name].files })}</td>
            <td>{size(figures[name].bytes)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t("settings.together")}</th>
          <td />
          <td>{size(total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

/** What would go, looked at before it goes. */
function FreeUp(props: {
  readonly retention: Retention;
  readonly usage: Called<StorageUsage> | undefined;
  readonly onFreed: () => void;
}) {
  const { retention, usage, onFreed } = props;
  const [preview, setPreview] = useState<CleanUpPreview>();
  const [busy, setBusy] = useState(false);
  const previews = usage?.ok ? usage.value.previews : undefined;

  // Other bounds, other runs: what was looked at is out of date.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that matters
  useEffect(() => setPreview(undefined), [retention]);

  const lookNow = async () => {
    const answer = await called(studio.client.history.cleanUpPreview(retention));
    if (answer.ok) setPreview(answer.value);
    else told(t("settings.whatCanGoNotFound"), answer);
  };
  const free = async (looked: CleanUpPreview) => {
    setBusy(true);
    const runIds = looked.runs.map(({ runId }) => runId);
    const [removed, cleared] = await Promise.all([
      called(studio.client.history.cleanUp({ retention, runIds })),
      called(studio.client.storage.clearPreviews()),
    ]);
    setBusy(false);
    setPreview(undefined);
    if (!removed.ok) told(t("settings.runsNotRemoved"), removed);
    if (!cleared.ok) told(t("settings.previewsNotCleared"), cleared);
    if (removed.ok && cleared.ok)
      toast({
        title: t("settings.removedRuns", { runs: removed.value.removed, freed: cleared.value.freedBytes }),
      });
    onFreed();
  };

  if (!preview)
    return (
      <div>
        <Button size="small" onClick={() => void lookNow()}>
          {t("settings.freeUpLook")}
        </Button>
      </div>
    );
  const isNothing = preview.count === 0 && (previews?.files ?? 0) === 0;
  const later = preview.count - preview.runs.length;
  return (
    <section className={styles["preview"]} aria-label={t("settings.whatWouldGo")}>
      {isNothing ? (
        <p>{t("settings.nothingCanGo")}</p>
      ) : (
        <ul>
          {preview.count > 0 && (
            <Going title={t("settings.runsOutside", { runs: preview.runs.length })}>
              <ul className={styles["runs"]}>
                {preview.runs.map((run) => (
                  <li key={run.runId}>
                    <span>{run.graphName}</span>
                    <span>
                      {ago(run.startedAt, Date.now())}
                      {run.spentMicrodollars > 0 ? ` · ${money(run.spentMicrodollars)}` : ""}
                    </span>
                  </li>
                ))}
              </ul>
              {later > 0 && <p>{t("settings.moreRuns", { runs: later })}</p>}
            </Going>
          )}
          {previews && previews.files > 0 && <li>{t("settings.previewsGo", { bytes: previews.bytes })}</li>}
        </ul>
      )}
      <div className={styles["buttons"]}>
        <Button size="small" onClick={() => setPreview(undefined)}>
          {t("settings.keepEverything")}
        </Button>
        {!isNothing && (
          <Button size="small" look="danger" disabled={busy} onClick={() => void free(preview)}>
            {t("settings.freeUp")}
          </Button>
        )}
      </div>
    </section>
  );
}

function Going({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <li>
      <details>
        <summary>{title}</summary>
        {children}
      </details>
    </li>
  );
}
