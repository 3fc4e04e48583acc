import { expect } from "vitest";
import { sandboxKey } from "../../support/sandbox.ts";

/** The API as a stranger would speak to it: `fetch` and nothing else. */
// biome-ignore lint/suspicious/noExplicitAny: a stranger's view of JSON; every test says what it expects of it
type Json = any;

export function plainClient(url: string, key = sandboxKey()) {
  const headers = { authorization: `Bearer ${key}` };
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const json = async (response: Response): Promise<Json> => ({
    status: response.status,
    ...((await response.json()) as object),
  });
  const get = async (path: string): Promise<Json> => json(await send("GET", path));
  const post = async (path: string, body: unknown): Promise<Json> => json(await send("POST", path, body));
  return {
    send,
    get,
    post,
    async upload(
      bytes: Uint8Array<ArrayBuffer> | string,
      name: string,
      type: string,
      part = "file",
    ): Promise<Json> {
      const form = new FormData();
      form.append(part, new Blob([bytes], { type }), name);
      return json(await fetch(`${url}/media/upload`, { method: "POST", headers, body: form }));
    },
    /** Polls until the job ends; answers with it and every status seen, each once. */
    async finished(kind: "inference" | "editor" | "publish", id: string): Promise<Json> {
      const seen: string[] = [];
      for (;;) {
        const job = await get(`/jobs/${kind}/${id}`);
        expect(job.status).toBeTypeOf("string");
        if (seen.at(-1) !== job.status) seen.push(job.status);
        if (["succeeded", "failed", "canceled"].includes(job.status)) return { ...job, seen };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}
