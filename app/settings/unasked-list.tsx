import { useEffect, useState } from "react";
import { platformTitle } from "../../src/nodes/publish/platforms/platforms.ts";
import type { UnaskedRule } from "../../src/studio/contract.ts";
import { type Called, called, studio, wordsOf } from "../stores/studio.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toasts.tsx";
import { accountWords } from "../words/post-words.ts";
import { ago, t } from "../words/words.ts";
import styles from "./unasked-list.module.css";

/** Which nodes post without asking, and a way to be asked again. */
export function UnaskedList() {
  const [rules, setRules] = useState<Called<readonly UnaskedRule[]>>();
  const load = () => void called(studio.client.unasked.list()).then(setRules);
  useEffect(load, []);
  const remove = async ({ ruleId }: UnaskedRule) => {
    const answer = await called(studio.client.unasked.remove({ ruleId }));
    if (!answer.ok) {
      const { message, remedy } = wordsOf(answer.failure);
      toast({ title: t("settings.notChanged", { why: message }), description: remedy, look: "danger" });
    }
    load();
  };
  if (!rules) return <p className={styles["quiet"]}>{t("settings.loading")}</p>;
  if (!rules.ok) {
    const { message, remedy } = wordsOf(rules.failure);
    return (
      <p className={styles["quiet"]} role="alert">
        {message} {remedy}
      </p>
    );
  }
  if (rules.value.length === 0) return <p className={styles["quiet"]}>{t("settings.everyPostAsks")}</p>;
  return (
    <ul className={styles["list"]} aria-label={t("settings.unaskedPart")}>
      {rules.value.map((rule) => (
        <li key={rule.ruleId} className={styles["rule"]}>
          <span className={styles["text"]}>
            <b>{t("settings.titleTo", { title: rule.title, account: accountWords(rule) })}</b>
            <span className={styles["quiet"]}>
              {platformTitle(rule.platform)} · {rule.graphName} · {rule.serverLabel} ·{" "}
              {ago(rule.at, Date.now())}
            </span>
          </span>
          <Button size="small" onClick={() => void remove(rule)}>
            {t("settings.askAgain")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
