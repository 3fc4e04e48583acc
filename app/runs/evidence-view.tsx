import { useEffect, useState } from "react";
import type { StepId } from "../../src/graph/plan/plan.ts";
import type { Evidence, EvidenceItem } from "../../src/studio/contract.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { postAddress } from "../words/post-address.ts";
import { clockTime, count } from "../words/words.ts";
import styles from "./evidence-view.module.css";

/** So many are shown; the rest is a number. */
const MOST_SHOWN = 4;

/** What the server has that was made since a create in doubt was sent. Shown, never obeyed. */
export function EvidenceView({
  runId,
  stepId,
}: {
  readonly runId: string;
  readonly stepId: StepId | string;
}) {
  const [turn, setTurn] = useState(0);
  const [answer, setAnswer] = useState<Called<Evidence>>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another look
  useEffect(() => {
    let isGone = false;
    setAnswer(undefined);
    void called(studio.client.runs.evidence({ runId, stepId })).then((found) => {
      if (!isGone) setAnswer(found);
    });
    return () => {
      isGone = true;
    };
  }, [runId, stepId, turn]);
  return (
    <section className={styles["evidence"]} aria-label="What the server shows" aria-live="polite">
      <header className={styles["head"]}>
        <h3>On the server since then</h3>
        <Button size="small" look="quiet" disabled={!answer} onClick={() => setTurn(turn + 1)}>
          Look again
        </Button>
      </header>
      {answer ? <Answer answer={answer} /> : <p className={styles["quiet"]}>Looking…</p>}
    </section>
  );
}

function Answer({ answer }: { readonly answer: Called<Evidence> }) {
  if (!answer.ok) {
    const { message, remedy } = wordsOf(answer.failure);
    return (
      <p className={styles["quiet"]}>
        {message} {remedy}
      </p>
    );
  }
  const { found, match, cutOff, since } = answer.value;
  const others = found.filter(({ at }) => !match || at !== match.at);
  return (
    <>
      {match && (
        <p className={styles["match"]}>
          A post on this account with this media was made at {clockTime(match.at ?? since)}.{" "}
          <Link item={match} />
        </p>
      )}
      {!match && found.length === 0 && (
        <p>Nothing was found that was made since {clockTime(since)}. That proves nothing.</p>
      )}
      {others.length > 0 && (
        <ul className={styles["list"]}>
          {others.slice(0, MOST_SHOWN).map((item) => (
            <li key={`${item.at} ${item.caption}`}>
              {itemWords(item)} <Link item={item} />
              {item.caption && <q className={styles["caption"]}>{item.caption}</q>}
            </li>
          ))}
        </ul>
      )}
      {others.length > MOST_SHOWN && (
        <p className={styles["quiet"]}>and {count(others.length - MOST_SHOWN, "more", "more")}</p>
      )}
      {cutOff && <p className={styles["quiet"]}>There is more on the server than was looked through.</p>}
    </>
  );
}

const statusWords: { readonly [status: string]: string } = {
  succeeded: "It is out.",
  failed: "It failed.",
  canceled: "It was cancelled.",
};

function itemWords({ what, at, sameMedia, status }: EvidenceItem): string {
  const when = at === undefined ? "" : ` at ${clockTime(at)}`;
  if (what !== "post") {
    const article = what === "image" || what === "audio" ? "An" : "A";
    return what === "media" ? `Something was made${when}.` : `${article} ${what} was made${when}.`;
  }
  const media = sameMedia ? "with this media" : "with other media";
  const state = status === undefined ? "" : ` ${statusWords[status] ?? "It is under way."}`;
  return `A post ${media} was made${when}.${state}`;
}

function Link({ item: { permalink } }: { readonly item: EvidenceItem }) {
  const address = postAddress(permalink);
  if (address === undefined) return null;
  return (
    <a href={address} target="_blank" rel="noreferrer">
      See it
    </a>
  );
}
