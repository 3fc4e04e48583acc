import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { examplesFolder } from "./studio.ts";

/**
 * A small server in the API's shape that is not the sandbox: what it makes is anybody's, and a test says how it
 * misbehaves. A rule that answers nothing leaves the request to the server.
 */
export type FakeApi = AsyncDisposable & {
  readonly url: string;
  /** As `METHOD path`, in their order. */
  readonly requests: readonly string[];
  count(what: RegExp): number;
  /** May be changed while it runs. */
  rules: FakeRules;
};

type Answer = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How often this path was asked for, this time included. */
  readonly turn: number;
};

export type FakeRules = {
  /** A look at a job that has ended well: its outputs, or whatever else is said instead. */
  look?(id: string, answer: Answer): object | undefined;
  /** The bytes of a result; true when the rule has answered. */
  file?(answer: Answer): boolean;
  /** A create that has arrived, before its answer; true when the rule has answered. */
  create?(answer: Answer): boolean;
  upload?(answer: Answer): Promise<void> | void;
  /** What one job costs, in microdollars, or whatever else is said instead. Default: 4000. */
  price?: unknown;
};

export function say(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json" }).end(text);
}

/** The picture that every job makes. */
export const fakePicture = await readFile(join(examplesFolder, "media", "dusk-ridges.jpg"));

export async function openFakeApi(rules: FakeRules = {}): Promise<FakeApi> {
  const requests: string[] = [];
  const turns = new Map<string, number>();
  let made = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => void answer(request, response));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace("/api/v1", "");
    requests.push(`${request.method} ${path}`);
    const turn = (turns.get(path) ?? 0) + 1;
    turns.set(path, turn);
    const told = { request, response, turn };
    const [, ...words] = path.split("?")[0]?.split("/") ?? [];
    if (path === "/auth/whoami") return say(response, 200, { accountId: "someone" });
    if (/accounts$/.test(path)) return say(response, 200, { accounts: [] });
    if (path === "/pricing/estimate")
      return say(response, 200, { estimatedCostMicrodollars: api.rules.price ?? 4000 });
    if (path === "/media/upload") {
      await api.rules.upload?.(told);
      const media = { mediaId: `upload-${++made}`, url: `${api.url}/files/upload` };
      if (!response.writableEnded) say(response, 201, { ...media, uploads: { file: media } });
      return;
    }
    if (/^\/image\/generate$/.test(path) && api.rules.create?.(told)) return;
    if (/^\/image\/generate$/.test(path)) return say(response, 201, { inferenceJobId: `job-${++made}` });
    if (words[0] === "jobs") {
      const id = words[2] ?? "";
      const body = api.rules.look?.(id, told) ?? { outputs: [output(id)] };
      if (!response.writableEnded) say(response, 200, { status: "succeeded", ...body });
      return;
    }
    if (words[0] === "files") {
      if (api.rules.file?.(told)) return;
      response.writeHead(200, { "content-type": "image/jpeg", "content-length": fakePicture.length });
      response.end(fakePicture);
      return;
    }
    say(response, 404, { error: { code: "not_found", message: "There is no such path." } });
  }

  const output = (id: string) => ({
    outputKey: "image",
    media: { mediaId: `media-of-${id}`, url: `${api.url}/files/${id}`, mimeType: "image/jpeg" },
  });

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  const api: FakeApi = {
    url: `http://127.0.0.1:${port}`,
    requests,
    count: (what) => requests.filter((request) => what.test(request)).length,
    rules,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}
