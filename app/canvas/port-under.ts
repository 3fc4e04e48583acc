import type { PortRef } from "./wiring.ts";

/** The input that something was let go on: its handle or its row. */
export function inputUnder(element: Element | null): PortRef | undefined {
  const row = element?.closest<HTMLElement>("[data-input]");
  const nodeId = row?.closest<HTMLElement>("[data-node-id]")?.dataset["nodeId"];
  const portId = row?.dataset["input"];
  return nodeId !== undefined && portId ? { nodeId, portId, side: "target" } : undefined;
}
