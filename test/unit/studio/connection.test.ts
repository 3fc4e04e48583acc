import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import type { Library } from "../../../src/library/ports/library.ts";
import { openLibrary } from "../../../src/library/sqlite/library.ts";
import { createSecretFile } from "../../../src/studio/ground/secret-file.ts";
import { type Connections, createConnections } from "../../../src/studio/server/connection.ts";
import { sandboxKey } from "../../support/sandbox.ts";
import { studioOptions } from "../../support/studio.ts";

const environmentKey = sandboxKey("1");
const storedKey = sandboxKey("2");

let home: string;
let library: Library;
const opened: Connections[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "catwalk-connection-"));
  library = await openLibrary(home);
});
afterEach(async () => {
  for (const connections of opened.splice(0)) await connections.close();
  for (const server of servers.splice(0)) server.close();
  await library.close();
  await rm(home, { recursive: true, force: true });
});

/** A server that knows one account and remembers which keys it was given. */
async function startServer(status = 200): Promise<{ readonly url: string; readonly keys: Set<string> }> {
  const keys = new Set<string>();
  const server = createServer((request, response) => {
    keys.add((request.headers.authorization ?? "").replace("Bearer ", ""));
    const isWhoami = request.url?.endsWith("/whoami") === true;
    response.writeHead(isWhoami ? status : 404, { "content-type": "application/json" });
    response.end(
      JSON.stringify(
        isWhoami && status === 200
          ? { accountId: "account-1", email: "me@example.com" }
          : { error: { code: isWhoami ? "unauthorized" : "not_found", message: "No." } },
      ),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, keys };
}

async function connect(options: Partial<Parameters<typeof createConnections>[0]> = {}): Promise<Connections> {
  const connections = await createConnections(studioOptions(home, options), {
    library,
    clock: systemClock,
    random: Math.random,
  });
  opened.push(connections);
  return connections;
}

test("In the app the environment's key goes to the live server and to no other", async () => {
  const live = await startServer();
  const other = await startServer();
  const connections = await connect({
    liveUrl: live.url,
    environment: { CATWALK_API_KEY: environmentKey, WONDA_API_KEY: sandboxKey("9") },
  });
  expect(await connections.choose({ kind: "live" })).toMatchObject({
    state: "ready",
    label: "Live",
    account: { accountId: "account-1" },
    key: { lastFour: "1111", source: "environment" },
  });
  expect(await connections.choose({ kind: "custom", url: other.url })).toMatchObject({
    state: "refused",
    problem: { code: "key-missing" },
  });
  expect([...live.keys]).toEqual([environmentKey]);
  expect([...other.keys]).toEqual([]);
});

test("A server named on the command line gets the environment's key", async () => {
  const named = await startServer();
  const connections = await connect({
    server: { kind: "custom", url: named.url },
    environment: { WONDA_API_KEY: environmentKey },
  });
  await connections.ready();
  expect([...named.keys]).toEqual([environmentKey]);
  await expect(connections.choose({ kind: "live" })).rejects.toMatchObject({ code: "server-fixed" });
});

test("A stored key belongs to the origin it was stored for, and is kept in a file of one's own", async () => {
  const one = await startServer();
  const two = await startServer();
  const connections = await connect();
  await connections.choose({ kind: "custom", url: one.url });
  expect(await connections.setKey(storedKey)).toMatchObject({
    state: "ready",
    key: { lastFour: "2222", source: "stored" },
  });
  expect(await connections.choose({ kind: "custom", url: two.url })).toMatchObject({ state: "refused" });
  expect([...two.keys]).toEqual([]);
  if (process.platform !== "win32") expect((await stat(join(home, "secrets.json"))).mode & 0o777).toBe(0o600);

  await connections.choose({ kind: "custom", url: one.url });
  expect(await connections.clearKey()).toMatchObject({ state: "refused", problem: { code: "key-missing" } });
  expect(await createSecretFile(join(home, "secrets.json")).get(one.url)).toBeUndefined();
});

test("The choice outlives the process", async () => {
  const server = await startServer();
  await (await connect()).choose({ kind: "custom", url: server.url });
  expect((await connect()).current().server).toEqual({ kind: "custom", url: server.url });
});

test("A refused key, an unreachable server, plain http elsewhere and a broken key say what to do", async () => {
  const refusing = await startServer(401);
  const connections = await connect({
    server: { kind: "custom", url: refusing.url },
    environment: { WONDA_API_KEY: "k" },
  });
  await expect(connections.ready()).rejects.toMatchObject({ code: "unauthorized", remedy: /key/i });
  expect(connections.current().state).toBe("refused");

  const app = await connect();
  await expect(app.choose({ kind: "custom", url: "http://example.com" })).rejects.toMatchObject({
    code: "server_insecure",
  });
  await expect(app.setKey("two words")).rejects.toMatchObject({ code: "key-not-needed" });
  await app.choose({ kind: "custom", url: refusing.url });
  await expect(app.setKey("two words")).rejects.toMatchObject({ code: "key-invalid" });
});

test("Accounts and servers have scopes of their own", async () => {
  const one = await startServer();
  const two = await startServer();
  const scopes = new Set<string>();
  for (const { url } of [one, two]) {
    const connections = await connect({
      server: { kind: "custom", url },
      environment: { WONDA_API_KEY: "key" },
    });
    scopes.add((await connections.ready()).scope);
    scopes.add((await connections.ready()).scope);
  }
  expect(scopes.size).toBe(2);
});
