import { z } from "zod";
import { upload } from "../../src/nodes/upload/definition.ts";
import type { Imported } from "./commands.ts";
import { importUrl } from "./media-urls.ts";

/** XMLHttpRequest, because fetch tells nothing of how much is sent. */
export function importFile(
  file: File,
  onProgress?: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<Imported> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", importUrl(file.name));
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (total > 0) onProgress?.(loaded / total);
    });
    request.addEventListener("load", () => resolve(readImported(request.response, file.name)));
    request.addEventListener("error", () => resolve({ ok: false, problem: lost(file.name) }));
    request.addEventListener("abort", () => resolve({ ok: false, problem: givenUp(file.name) }));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    if (signal?.aborted) return resolve({ ok: false, problem: givenUp(file.name) });
    request.send(file);
  });
}

const importFailure = z.object({
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }),
});

function readImported(body: unknown, name: string): Imported {
  const taken = upload.params.safeParse({ file: body });
  if (taken.success && taken.data.file) return { ok: true, file: taken.data.file };
  const refused = importFailure.safeParse(body);
  return { ok: false, problem: refused.success ? refused.data.error : lost(name) };
}

const lost = (name: string) => ({
  code: "IMPORT_FAILED",
  message: `“${name}” did not reach the studio.`,
  remedy: "Check that Catwalk is still running, then drop the file again.",
});

const givenUp = (name: string) => ({
  code: "CANCELLED",
  message: `“${name}” was not taken in.`,
  remedy: "Drop the file again.",
});
