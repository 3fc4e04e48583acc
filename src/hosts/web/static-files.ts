import { lstat, readdir } from "node:fs/promises";
import { extname, join } from "node:path";

export type StaticFile = { readonly path: string; readonly mimeType: string; readonly sizeBytes: number };

const mimeTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".ico": "image/x-icon",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

/**
 * The window's files by URL path. The listing is made once and a request is a look-up in it, so no form of `..`,
 * encoding or symlink can name anything else: symlinks are left out.
 */
export async function listStaticFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  const visit = async (path: string, url: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) await visit(child, `${url}${entry.name}/`);
      else if (entry.isFile()) {
        const { size } = await lstat(child);
        const mimeType = mimeTypes[extname(entry.name).toLowerCase()] ?? "application/octet-stream";
        files.set(`${url}${entry.name}`, { path: child, mimeType, sizeBytes: size });
      }
    }
  };
  await visit(folder, "/");
  const index = files.get("/index.html");
  if (index) files.set("/", index);
  return files;
}
