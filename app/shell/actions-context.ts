import { createContext, useContext } from "react";
import type { Action } from "./actions.ts";

export const ActionsContext = createContext<readonly Action[]>([]);

export function useActions(): readonly Action[] {
  return useContext(ActionsContext);
}
