import { useMemo } from "react";
import { useStore } from "zustand";
import { amount } from "../../src/base/words.ts";
import type { GraphNode } from "../../src/graph/document/schema.ts";
import { itemsOf } from "../../src/graph/lists/items.ts";
import { graphStore } from "../stores/graph.ts";
import { graphViewStore } from "../stores/graph-view.ts";
import styles from "../ui/panel.module.css";
import { Segmented } from "../ui/segmented.tsx";
import { count } from "../words/words.ts";
import own from "./items-section.module.css";

/** How many items a node maps over, how its lists go together, and what a missing item means. Only where it matters. */
export function ItemsSection({ node }: { readonly node: GraphNode }) {
  const index = useStore(graphViewStore, (state) => state.index);
  const facts = useMemo(() => {
    if (!index) return undefined;
    const { of, listsAt, gathers, relations } = itemsOf(index);
    const lists = listsAt(node.id);
    const relation = of(node.id)?.relation;
    return {
      lists: lists.map((list) => list.count),
      cross: relations.productCount(lists),
      count: relation && relation.tables.length > 0 ? relation.count : undefined,
      gathers: gathers(node.id),
    };
  }, [index, node.id]);
  if (!facts || (facts.lists.length === 0 && facts.count === undefined && !facts.gathers)) return null;
  const { lists, cross, gathers } = facts;
  const { combine, holes = "fail" } = node.data.items ?? {};
  const set = (items: GraphNode["data"]["items"]) =>
    graphStore
      .getState()
      .edit({ type: "data", id: node.id, data: { items: { ...node.data.items, ...items } } });
  const isZippable = lists.every((length) => length === lists[0]);
  return (
    <section className={styles["section"]} aria-label="Items">
      <h3>Items</h3>
      <p className={own["count"]}>
        {lists.length > 1 && combine !== "zip"
          ? `${lists.map(amount).join(" × ")} = ${count(cross, "item")}`
          : facts.count !== undefined
            ? `Runs ${facts.count === 1 ? "once" : `${amount(facts.count)} times`}, once for each item.`
            : null}
      </p>
      {lists.length > 1 && (
        <>
          <Segmented
            label="How the lists go together"
            value={combine}
            options={[
              { value: "zip", label: "Row by row" },
              { value: "cross", label: "Each with each" },
            ]}
            onChange={(value) => set({ combine: value })}
          />
          <p className={styles["description"]}>
            {combine === "cross"
              ? "Every item of one list meets every item of the other."
              : combine === "zip"
                ? isZippable
                  ? "The first with the first, the second with the second."
                  : `Row by row needs lists of the same length: ${lists.map(amount).join(" and ")}.`
                : "Say how they go together before it can run."}
          </p>
        </>
      )}
      {gathers && (
        <div className={own["holes"]}>
          <span>When some items are missing</span>
          <Segmented
            label="When some items are missing"
            value={holes}
            options={[
              { value: "fail", label: "Fail" },
              { value: "use-rest", label: "Use the rest" },
            ]}
            onChange={(value) => set({ holes: value })}
          />
        </div>
      )}
    </section>
  );
}
