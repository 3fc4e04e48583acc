import { useEffect } from "react";
import { stage } from "../stores/stage.ts";
import { importGraphFile } from "./actions.ts";

/**
 * A graph file dropped anywhere on the window is opened. Media files and rows are left to the canvas, to tables and to
 * file fields, and nothing dropped beside them ever makes the browser leave the page.
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
      const json = files.find(isJsonFile);
      if (!json || isForTable(event.target)) return;
      event.stopPropagation();
      const at = { x: event.clientX, y: event.clientY };
      void holdsRows(json).then((rows) => {
        if (rows) stage()?.takeFiles(files, at);
        else void importGraphFile(json);
      });
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

function isJsonFile({ name, type }: File): boolean {
  return type === "application/json" || name.toLowerCase().endsWith(".json");
}

function isForTable(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-takes-tables]") !== null;
}

/** An array of objects, or an object of arrays, is rows. What cannot be read is the graph's to complain about. */
async function holdsRows(file: File): Promise<boolean> {
  try {
    const json: unknown = JSON.parse(await file.text());
    if (Array.isArray(json)) return true;
    if (typeof json !== "object" || json === null || "format" in json || "nodes" in json) return false;
    const values = Object.values(json);
    return values.length > 0 && values.every(Array.isArray);
  } catch {
    return false;
  }
}
