import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Editor, RenderRequest } from "../editing/editor.ts";
import { createEditor } from "../editing/editor.ts";
import { forkEditor } from "../editing/fork.ts";
import type { RenderedFile } from "../editing/messages.ts";
import { render } from "../editing/render.ts";

/** Carries out one edit; files appear in the request's `outputDir`. @throws EditFailure */
export type RenderEdit = (request: RenderRequest, signal: AbortSignal) => Promise<RenderedFile[]>;

/**
 * Edits in a process of their own, so that a codec that crashes only fails its job. Where processes cannot be forked
 * (inside Electron's utility process) they run here: the sandbox is itself a child that the studio outlives.
 */
export function createRenderEdit(editorEntry: URL): {
  readonly renderEdit: RenderEdit;
  close(): Promise<void>;
} {
  if (process.versions["electron"] !== undefined) {
    return {
      renderEdit: async ({ outputDir, outputName: _, ...task }) => {
        const workDir = await mkdtemp(join(outputDir, "edit-"));
        return render(
          { ...task, params: { ...task.params }, inputs: [...task.inputs], type: "render", workDir },
          () => undefined,
        );
      },
      close: async () => undefined,
    };
  }
  const editor: Editor = createEditor({ spawn: () => forkEditor(editorEntry), maxParallel: 1 });
  return { renderEdit: (request, signal) => editor.render(request, { signal }), close: () => editor.close() };
}
