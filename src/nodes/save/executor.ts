import type { Executor } from "../definition/work.ts";
import type { SaveParams } from "./definition.ts";

export const executeSave: Executor<SaveParams> = ({ name }, inputs) => {
  const items = [...(inputs["in"] ?? []), ...(inputs["text"] ?? [])];
  return items.length > 0
    ? { kind: "save", items, name }
    : { kind: "impossible", message: "Nothing arrived to save.", remedy: "Wire a node to Save." };
};
