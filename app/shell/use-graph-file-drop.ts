import { useEffect } from "react";
import { namesOf, tellNotTaken } from "../stores/not-taken.ts";
import { type Point, stage } from "../stores/stage.ts";
import { t } from "../words/words.ts";
import { importGraphFile } from "./actions.ts";

/**
 * Graph files dropped anywhere on the window are opened. Media files and rows are left to the canvas, to tables and to
 * file fields. What none of them takes is named, and nothing dropped ever makes the browser leave the page.
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
      const at = { x: event.clientX, y: event.clientY };
      if (files.some(isJsonFile) && !isFor(event.target, tables)) {
        event.stopPropagation();
        void openJson(files, at);
      } else if (!isFor(event.target, takers)) {
        // On the first view, which lies over the empty canvas, files are meant for the canvas.
        if (isFor(event.target, "[data-empty]")) stage()?.dropFiles(files, at);
        else tellNotTaken(namesOf(files), t("shell.dropWhere"));
      }
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

const tables = "[data-takes-tables]";
const takers = `.react-flow, [data-takes-files], ${tables}`;

/** Graphs are opened, each as a document of its own, the first one on show; rows go to the canvas with all beside them. */
async function openJson(files: readonly File[], at: Point): Promise<void> {
  const graphs: File[] = [];
  for (const file of files) if (isJsonFile(file) && !(await holdsRows(file))) graphs.push(file);
  if (graphs.length === 0) return stage()?.dropFiles(files, at);
  for (const graph of graphs.toReversed()) await importGraphFile(graph);
  const others = files.filter((file) => !graphs.includes(file));
  if (others.length > 0) tellNotTaken(namesOf(others), t("shell.cameWithGraph", { files: others.length }));
}

function isJsonFile({ name, type }: File): boolean {
  return type === "application/json" || name.toLowerCase().endsWith(".json");
}

function isFor(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
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
