import { ArrowUpRight } from "lucide-react";
import type { Example } from "../../src/studio/contract.ts";
import { documentsStore, useDocuments } from "../stores/documents.ts";
import { useGraph } from "../stores/graph.ts";
import { Keys } from "../ui/keys.tsx";
import { ago, count } from "../words/words.ts";
import { GraphPicture } from "./graph-picture.tsx";
import styles from "./start-view.module.css";

/** What an empty canvas shows: a few examples as pictures, one sentence, one key. Presses beside them reach the canvas. */
export function StartView() {
  const examples = useDocuments((state) => state.examples);
  const openId = useGraph((state) => state.graph?.id);
  const recent = useDocuments((state) => state.recent)
    .filter(({ id, nodeCount }) => id !== openId && nodeCount > 0)
    .slice(0, 4);
  return (
    <div className={styles["start"]}>
      <div className={styles["inner"]}>
        <header className={styles["header"]}>
          <h1>Wire a pipeline. Watch every output appear.</h1>
          <p>
            Press <Keys keys="/" /> to add a node, or begin with one of these.
          </p>
        </header>
        <ul className={styles["examples"]} aria-label="Examples">
          {examples.slice(0, 4).map((example) => (
            <li key={example.id}>
              <ExampleCard example={example} />
            </li>
          ))}
        </ul>
        {recent.length > 0 && (
          <section className={styles["recent"]} aria-label="Recent graphs">
            <h2>Recent</h2>
            <ul>
              {recent.map(({ id, name, nodeCount, changedAt, unsaved }) => (
                <li key={id}>
                  <button type="button" onClick={() => void documentsStore.getState().open(id)}>
                    <span className={styles["name"]}>{name}</span>
                    <span className={styles["detail"]}>
                      {count(nodeCount, "node")}
                      {unsaved ? " · unsaved changes" : ""} · {ago(changedAt, Date.now())}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}

function ExampleCard({ example }: { readonly example: Example }) {
  const { id, title, description, graph, nodeCount } = example;
  return (
    <button
      type="button"
      className={styles["example"]}
      onClick={() => void documentsStore.getState().openExample(id)}
    >
      <span className={styles["picture"]}>
        <GraphPicture graph={graph} />
      </span>
      <span className={styles["title"]}>
        {title}
        <ArrowUpRight size={14} />
      </span>
      {description && <span className={styles["description"]}>{description}</span>}
      <span className={styles["detail"]}>{count(nodeCount, "node")}</span>
    </button>
  );
}
