import { Copy } from "lucide-react";
import { memo, useLayoutEffect, useMemo, useRef, useState } from "react";
import { focusNode } from "../stores/focus-node.ts";
import { useRun } from "../stores/run.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { TextField } from "../ui/text-field.tsx";
import { toast } from "../ui/toasts.tsx";
import { type LogLine, lineText, logLine } from "../words/event-words.ts";
import { clockTime, count } from "../words/words.ts";
import styles from "./event-log.module.css";

type Filter = "all" | "trouble";

/** The events of the run on show in words, oldest first. Off-screen rows cost no layout (`content-visibility`). */
export function EventLog() {
  const log = useRun((state) => state.log);
  const steps = useRun((state) => state.run?.steps);
  const loadOlder = useRun((state) => state.loadOlder);
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const lines = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return log
      .map((event) => logLine(event, steps ?? new Map()))
      .filter(({ tone }) => filter === "all" || tone === "bad" || tone === "warning")
      .filter((line) => {
        const text = `${line.title ?? ""} ${line.text}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
  }, [log, steps, filter, search]);
  const list = useFollowEnd(lines.length);
  const first = log[0]?.seq ?? 1;
  const copy = async () => {
    await navigator.clipboard.writeText(lines.map(lineText).join("\n"));
    toast({ title: `${count(lines.length, "line")} copied.` });
  };
  return (
    <div className={styles["log"]}>
      <div className={styles["bar"]}>
        <div className={styles["search"]}>
          <TextField
            size="small"
            type="search"
            aria-label="Filter the log"
            placeholder="Filter"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <Segmented
          label="Which events"
          value={filter}
          onChange={setFilter}
          options={[
            { value: "all", label: "All" },
            { value: "trouble", label: "Trouble" },
          ]}
        />
        <span className={styles["space"]} />
        <IconButton
          size="small"
          label="Copy these lines"
          disabled={lines.length === 0}
          onClick={() => void copy()}
        >
          <Copy size={14} />
        </IconButton>
      </div>
      <ol className={styles["lines"]} ref={list} aria-label="Event log">
        {first > 1 && (
          <li className={styles["older"]}>
            <Button size="small" look="quiet" onClick={() => void loadOlder()}>
              Show earlier events
            </Button>
          </li>
        )}
        {lines.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
        {lines.length === 0 && (
          <li className={styles["empty"]}>{log.length === 0 ? "No events yet." : "No event matches."}</li>
        )}
      </ol>
    </div>
  );
}

const Line = memo(function Line({ line }: { readonly line: LogLine }) {
  const { nodeId } = line;
  return (
    <li className={styles["line"]} data-tone={line.tone} data-selectable>
      <time>{clockTime(line.at)}</time>
      {nodeId === undefined ? (
        <span />
      ) : (
        <button type="button" onClick={() => focusNode(nodeId)}>
          {line.title}
        </button>
      )}
      <span>{line.text}</span>
    </li>
  );
});

/** Keeps the newest line in sight as long as the person has not scrolled away from it. */
function useFollowEnd(length: number) {
  const ref = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const list = ref.current;
    if (!list) return;
    const onScroll = () => {
      atEnd.current = list.scrollHeight - list.scrollTop - list.clientHeight < 24;
    };
    list.addEventListener("scroll", onScroll, { passive: true });
    return () => list.removeEventListener("scroll", onScroll);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs again for each new line
  useLayoutEffect(() => {
    const list = ref.current;
    if (list && atEnd.current) list.scrollTop = list.scrollHeight;
  }, [length]);
  return ref;
}
