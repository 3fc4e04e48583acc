import type { Translation } from "../../../src/words/message.ts";
import type { palette as en } from "../en/palette.ts";

export const palette: Translation<typeof en> = {
  findNode: "Knoten suchen",
  noNodeCalled: "Kein Knoten heißt so.",
  noNodesYet: "Der Graph hat noch keine Knoten.",
  hasProblem: "Hat ein Problem",
};
