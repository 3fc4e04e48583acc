import { useEffect } from "react";
import { importGraphFile } from "./actions.ts";

/**
 * A graph file dropped anywhere on the window is opened. Media files are left to the canvas and to file fields, and
 * nothing dropped beside them ever makes the browser leave the page.
 */
export function useGraphFileDrop(): void {
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const graph = files.find(isGraphFile);
      if (!graph) return;
      event.stopPropagation();
      void importGraphFile(graph);
    };
    window.addEventListener("dragover", onDragOver);
    // Before the canvas, which would take it for media.
    window.addEventListener("drop", onDrop, { capture: true });
    return () => {
      window.removeEventListener("dragover", onDragOver);
      window.removeEventListener("drop", onDrop, { capture: true });
    };
  }, []);
}

function isGraphFile({ name, type }: File): boolean {
  return type === "application/json" || name.toLowerCase().endsWith(".json");
}
