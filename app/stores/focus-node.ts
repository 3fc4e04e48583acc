const listeners = new Set<(nodeId: string) => void>();

/** Selects a node and brings it into view; the canvas listens. */
export function focusNode(nodeId: string): void {
  for (const listener of listeners) listener(nodeId);
}

export function onFocusNode(listener: (nodeId: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
