import type { GraphNode } from "../../src/graph/document/schema.ts";
import sections from "../ui/panel.module.css";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import styles from "./reuse-settings.module.css";
import { setReuse, setVariations } from "./take-edits.ts";

const MOST_VARIATIONS = 8;
const counts = Array.from({ length: MOST_VARIATIONS }, (_, index) => String(index + 1));

/** How many takes a run makes of a Generate node, and when it makes new ones. */
export function ReuseSettings({ node, varies }: { readonly node: GraphNode; readonly varies: boolean }) {
  const { variations = 1, reuse } = node.data;
  return (
    <section className={sections["section"]} aria-label="Runs">
      <h3>Runs</h3>
      {varies && (
        <div className={styles["row"]}>
          <span>Variations</span>
          <Select
            label="Variations"
            size="small"
            value={String(variations)}
            options={counts.map((value) => ({ value, label: value === "1" ? "1 take" : `${value} takes` }))}
            onChange={(value) => setVariations(node.id, Number(value))}
          />
        </div>
      )}
      <div className={styles["row"]}>
        <span>Earlier results</span>
        <Segmented
          label="Earlier results"
          value={reuse ?? "auto"}
          options={[
            { value: "auto", label: "Reuse" },
            ...(reuse === "locked" ? [{ value: "locked" as const, label: "Kept" }] : []),
            { value: "never", label: "Never" },
          ]}
          onChange={(value) => {
            if (value !== "locked") setReuse(node.id, value === "never" ? "never" : undefined);
          }}
        />
      </div>
      <p className={sections["description"]}>
        {reuse === "never"
          ? "Every run makes it anew, and pays for it anew."
          : reuse === "locked"
            ? "The chosen take flows on, whatever changes before it."
            : "Made once; made again only when its settings or what it gets have changed."}
      </p>
    </section>
  );
}
