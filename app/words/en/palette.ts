/** The drawers of nodes and of the outline. */
export const palette = {
  findNode: "Find a node",
  noNodeCalled: "No node is called that.",
  noNodesYet: "The graph has no nodes yet.",
  hasProblem: "Has a problem",
} as const;
