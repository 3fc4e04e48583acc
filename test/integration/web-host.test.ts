import { createHmac, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { os } from "@orpc/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import WebSocket from "ws";
import { startWebHost, type WebHost } from "../../src/hosts/web/web.ts";

let folder: string;
let host: WebHost;
let cookie: string;
/** The secret path that everything lies under, with slashes around it. */
let place: string;
let mediaRequests: string[];
let streamEnds: PromiseWithResolvers<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "catwalk-web-"));
  const renderer = join(folder, "renderer");
  await mkdir(join(renderer, "assets"), { recursive: true });
  await writeFile(join(renderer, "index.html"), "<!doctype html><title>Catwalk</title>");
  await writeFile(join(renderer, "assets", "app.js"), "export {};");
  await writeFile(join(folder, "secret.txt"), "top secret");
  await symlink(join(folder, "secret.txt"), join(renderer, "assets", "link.txt"));
  await symlink(folder, join(renderer, "up"));
  mediaRequests = [];
  streamEnds = Promise.withResolvers();
  host = await startWebHost({
    studio: {
      router: {
        ping: os.handler(() => "pong"),
        watch: os.handler(async function* ({ signal }) {
          try {
            yield "first";
            await new Promise((resolve) => signal?.addEventListener("abort", resolve));
          } finally {
            streamEnds.resolve();
          }
        }),
      },
      handleMedia: async (request) => {
        mediaRequests.push(request.url);
        return new Response("bytes");
      },
    },
    rendererFolder: renderer,
    port: 0,
  });
  cookie = "";
  const signIn = await ask({ path: firstAddress() });
  cookie = (signIn.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
  place = String(signIn.headers["location"]);
});

const firstAddress = () => new URL(host.url).pathname + new URL(host.url).search;
/** A path below the secret one. */
const inside = (path: string) => `${place.slice(0, -1)}${path}`;

afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** A raw request: `fetch` would tidy the path and the Host header. */
function ask(options: {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port: Number(new URL(host.origin).port),
        path: options.path,
        method: options.method ?? "GET",
        headers: { ...(cookie ? { cookie } : {}), ...options.headers },
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}

function openSocket(headers: Record<string, string>, path = inside("/rpc")): Promise<"open" | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${host.origin.replace("http", "ws")}${path}`, { headers });
    socket.on("open", () => {
      socket.terminate();
      resolve("open");
    });
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => undefined);
  });
}

test("the token in the first address becomes a strict, http-only cookie of a secret path, and leaves the address", async () => {
  cookie = "";
  const answer = await ask({ path: firstAddress() });
  expect(answer.status).toBe(303);
  expect(answer.headers["location"]).toMatch(/^\/[\w-]{43}\/$/);
  expect(answer.headers["set-cookie"]?.[0]).toContain(`; Path=${place}; HttpOnly; SameSite=Strict`);
  expect(answer.headers["set-cookie"]?.[0]).not.toContain(new URL(host.url).searchParams.get("token"));
});

test("with the cookie the window and its files are served, under a policy without inline scripts", async () => {
  const page = await ask({ path: place });
  expect(page.status).toBe(200);
  expect(page.body).toContain("<title>Catwalk</title>");
  const policy = String(page.headers["content-security-policy"]);
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain("unsafe");
  expect((await ask({ path: inside("/assets/app.js") })).headers["content-type"]).toContain(
    "text/javascript",
  );
});

test.each(["/", "/assets/app.js", "/media/abc", "/rpc"])("without the cookie %s is refused", async (path) => {
  cookie = "";
  for (const each of [path, inside(path)]) expect((await ask({ path: each })).status).toBe(401);
  expect(mediaRequests).toEqual([]);
});

test.each(["/assets/app.js", "/media/abc", "/rpc", "/import", "/x/"])(
  "the cookie alone, which a browser sends to every port, opens nothing at %s",
  async (path) => {
    expect((await ask({ path })).status).toBe(401);
    const post = { path, method: "POST", headers: { origin: host.origin }, body: "x" };
    expect((await ask(post)).status).toBe(401);
    expect(mediaRequests).toEqual([]);
  },
);

test("the bare address tells nothing, and leads a window that has been in back by its own storage", async () => {
  const page = await ask({ path: "/" });
  expect(page.status).toBe(401);
  expect(page.body).toContain("Open the address that Catwalk printed");
  const script = await ask({ path: "/enter.js" });
  expect(script.headers["content-type"]).toContain("text/javascript");
  for (const { body } of [page, script]) expect(body).not.toContain(place);

  const go = (stored: string | null) => {
    const went: string[] = [];
    new Function("localStorage", "location", script.body)(
      { getItem: () => stored },
      { replace: (path: string) => went.push(path) },
    );
    return went;
  };
  expect(go(place)).toEqual([place]);
  for (const stored of [null, "", "/", "//evil.example/", "javascript:alert(1)", `${place}x`])
    expect(go(stored)).toEqual([]);
});

test("the address that opens a browser, which other users can see, lets in once", async () => {
  cookie = "";
  const address = new URL(host.openingUrl());
  expect(address.href).not.toContain(new URL(host.url).searchParams.get("token"));
  const path = address.pathname + address.search;
  const first = await ask({ path });
  expect([first.status, first.headers["location"]]).toEqual([303, place]);
  const second = await ask({ path });
  expect(second.status).toBe(401);
  expect(second.headers["set-cookie"]).toBeUndefined();
  expect(second.body).toContain("followed already");
});

test("a wrong token is refused and sets no cookie", async () => {
  cookie = "";
  const answer = await ask({ path: "/?token=guess" });
  expect(answer.status).toBe(401);
  expect(answer.headers["set-cookie"]).toBeUndefined();
});

test.each(["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])(
  "a foreign Host (%s) is refused, cookie or not",
  async (foreign) => {
    const answer = await ask({ path: place, headers: { host: foreign } });
    expect([400, 403]).toContain(answer.status);
    expect(answer.body).not.toContain("<title>");
  },
);

test.each(["http://evil.example", "null", "https://127.0.0.1"])(
  "a foreign Origin (%s) is refused",
  async (origin) => {
    expect((await ask({ path: inside("/media/abc"), headers: { origin } })).status).toBe(403);
    expect(mediaRequests).toEqual([]);
  },
);

test("a cross-site POST is refused, with and without an Origin", async () => {
  const post = { path: inside("/import?name=a.png"), method: "POST", body: "x" };
  expect((await ask({ ...post, headers: { origin: "http://evil.example" } })).status).toBe(403);
  expect((await ask(post)).status).toBe(403);
  expect(
    (await ask({ ...post, headers: { origin: host.origin, "sec-fetch-site": "cross-site" } })).status,
  ).toBe(403);
  expect(mediaRequests).toEqual([]);
  expect((await ask({ ...post, headers: { origin: host.origin } })).status).toBe(200);
});

test("a page of another site cannot embed our media", async () => {
  expect(
    (await ask({ path: inside("/media/abc"), headers: { "sec-fetch-site": "cross-site" } })).status,
  ).toBe(403);
});

test.each([
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/%2e%2e%2fsecret.txt",
  "/..%5csecret.txt",
  "/assets/../../secret.txt",
  "/assets/..%252f..%252fsecret.txt",
  "/assets/%c0%ae%c0%ae/secret.txt",
  "//secret.txt",
  "/assets/link.txt",
  "/up/secret.txt",
])("%s leads nowhere outside the window's folder", async (path) => {
  const answer = await ask({ path: inside(path) });
  expect([400, 401, 404]).toContain(answer.status);
  expect(answer.body).not.toContain("top secret");
});

test("the contract's WebSocket opens for our own page alone", async () => {
  expect(await openSocket({ cookie, origin: host.origin })).toBe("open");
  expect(await openSocket({ cookie, origin: "http://evil.example" })).toBe(403);
  expect(await openSocket({ cookie, origin: host.origin }, "/rpc")).toBe(401);
  expect(await openSocket({ cookie, origin: host.origin }, inside("/import"))).toBe(400);
  expect(await openSocket({ cookie })).toBe(403);
  expect(await openSocket({ origin: host.origin })).toBe(401);
  expect(await openSocket({ cookie, origin: host.origin, host: "evil.example" })).toBe(403);
});

test("the host proves by its secret path that it is the one a window has met, and only to a number used once", async () => {
  const nonce = randomUUID();
  const { status, body } = await ask({ path: `/here?nonce=${nonce}`, headers: {} });
  expect(status).toBe(200);
  expect(body).toBe(createHmac("sha256", place).update(nonce).digest("base64url"));
  for (const path of ["/here", "/here?nonce=short", `/here?nonce=${"n".repeat(65)}`])
    expect((await ask({ path })).status).toBe(404);
});

test("a program that goes away while it watches ends its stream", async () => {
  const gone = new AbortController();
  const { status, body } = await fetch(`${host.origin}${inside("/api/watch")}`, {
    method: "POST",
    headers: { cookie, origin: host.origin },
    signal: gone.signal,
  });
  expect(status).toBe(200);
  expect(new TextDecoder().decode((await body?.getReader().read())?.value)).toBeDefined();
  gone.abort();
  await streamEnds.promise;
});
