import { readFile } from "node:fs/promises";
import { protocol } from "electron";
import { contentSecurityPolicy } from "../src/hosts/web/content-security-policy.ts";
import { listStaticFiles } from "../src/hosts/web/static-files.ts";
import type { Studio } from "../src/studio/service.ts";
import { isOurs, schemeHeaders } from "./rules.ts";

/** Must run before the app is ready. */
export function declareScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: "catwalk", privileges }]);
}

/** Serves the window's files and the studio's media under `catwalk://app`, and nothing else. */
export async function serveScheme(
  rendererFolder: string,
  studio: Pick<Studio, "handleMedia">,
): Promise<void> {
  const files = await listStaticFiles(rendererFolder);
  protocol.handle("catwalk", async (request) => {
    const { pathname } = new URL(request.url);
    if (!isOurs(request.url)) return new Response("There is nothing at this address.", { status: 404 });
    if (pathname.startsWith("/media/") || pathname === "/import") return studio.handleMedia(request);
    const file = files.get(pathname);
    if (!file) return new Response("There is nothing at this address.", { status: 404 });
    return new Response(await readFile(file.path), {
      headers: {
        ...schemeHeaders,
        "content-type": file.mimeType,
        "content-security-policy": contentSecurityPolicy([]),
      },
    });
  });
}
