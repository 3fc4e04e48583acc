import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { type FindProxy, proxiesOf, proxyOfSystem } from "../../../src/wondercat/proxies.ts";
import { deadOrigin, going, httpServer, json, testClient, untrustedTlsServer } from "./servers.ts";

/** A proxy that leads every tunnel to one place, whatever it is asked for, or answers with a status. */
async function proxyTo(place: string | number) {
  const asked: IncomingMessage[] = [];
  const server = createServer((_request, response) => response.writeHead(500).end());
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push(request);
    socket.on("error", () => undefined); // the client hangs up, as it may
    if (typeof place === "number") {
      socket.end(`HTTP/1.1 ${place} X\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(place);
    const behind = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      behind.pipe(socket).pipe(behind);
    });
    behind.on("error", () => socket.destroy());
    onTestFinished(() => void behind.destroy());
    onTestFinished(() => void socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return { port, asked, url: `http://127.0.0.1:${port}` };
}

const server = new URL("https://api.example.org");

async function found(find: FindProxy | undefined, at = server): Promise<string | undefined> {
  const proxy = await find?.(at);
  return proxy && `${proxy.isSecure ? "https" : "http"}://${proxy.hostname}:${proxy.port}`;
}

test.each([
  [{ HTTPS_PROXY: "http://one:1" }, "http://one:1"],
  [{ https_proxy: "http://small:1", HTTPS_PROXY: "http://large:1" }, "http://small:1"],
  [{ HTTPS_PROXY: "https://one" }, "https://one:443"],
  [{ HTTPS_PROXY: "one.example:3128" }, "http://one.example:3128"],
  [{ HTTPS_PROXY: "http://[::1]:3128" }, "http://::1:3128"],
  [{ ALL_PROXY: "http://all:1", HTTP_PROXY: "http://plain:1" }, "http://all:1"],
  [{ http_proxy: "http://plain" }, "http://plain:80"],
  [{ HTTPS_PROXY: "" }, undefined],
  [{}, undefined],
])("of the variables %o the proxy is %s", async (environment, proxy) => {
  expect(await found(proxiesOf(environment))).toBe(proxy);
});

test.each([
  ["*", true],
  ["example.org", true],
  [".example.org", true],
  ["*.example.org", true],
  ["API.EXAMPLE.ORG", true],
  ["api.example.org:443", true],
  ["other.test, api.example.org", true],
  ["other.test api.example.org", true],
  ["api.example.org:8443", false],
  ["ple.org", false],
  ["api.example.org.evil.test", false],
  ["", false],
])("NO_PROXY %s leaves the server out: %s", async (list, isOut) => {
  for (const name of ["NO_PROXY", "no_proxy"])
    expect((await found(proxiesOf({ HTTPS_PROXY: "http://one:1", [name]: list }))) === undefined).toBe(isOut);
});

test.each([
  ["10.0.0.0/8", "https://10.1.2.3", true],
  ["10.0.0.0/8", "https://11.1.2.3", false],
  ["10.1.2.3", "https://10.1.2.3:8443", true],
  ["fd00::/8", "https://[fd12::1]", true],
  ["[fd12::1]:443", "https://[fd12::1]", true],
  ["nonsense/99", "https://10.1.2.3", false],
])("NO_PROXY %s for %s: %s", async (list, at, isOut) => {
  const find = proxiesOf({ HTTPS_PROXY: "http://one:1", NO_PROXY: list });
  expect((await found(find, new URL(at))) === undefined).toBe(isOut);
});

test("the system's proxy is the first that can be used; one of another kind is named", () => {
  expect(proxyOfSystem("PROXY one.test:8080; DIRECT")).toEqual({
    ...{ isSecure: false, hostname: "one.test", port: 8080 },
  });
  expect(proxyOfSystem("HTTPS one.test:8443")).toMatchObject({ isSecure: true, port: 8443 });
  expect(proxyOfSystem("SOCKS5 one.test:1080; PROXY two.test:80")).toMatchObject({ hostname: "two.test" });
  expect(proxyOfSystem("DIRECT")).toBeUndefined();
  expect(() => proxyOfSystem("SOCKS5 one.test:1080")).toThrow(
    expect.objectContaining({ failureCode: "proxy_unsupported" }),
  );
});

test("reads, creates, uploads and downloads go through the proxy, which sees the server's name and no request", async () => {
  const behind = await untrustedTlsServer();
  const proxy = await proxyTo(behind.origin);
  const client = testClient("https://api.example.org", {
    ...{ findProxy: proxiesOf({ HTTPS_PROXY: proxy.url }), retries: 0 },
  });
  // Its certificate is nobody's, so each ends where TLS does: behind the tunnel, and before a byte of a request.
  await expect(client.whoami(going())).rejects.toMatchObject({ code: "tls_failed" });
  let asked = 0;
  const created = await client.create(
    { kind: "inference", path: "/image/generate", body: { model: "m", prompt: "a cat" } },
    {
      ...going(),
      mayLeave: async () => {
        asked++;
        return true;
      },
    },
  );
  expect(created).toMatchObject({ outcome: "notSent", failure: { code: "tls_failed", cost: "none" } });
  expect(asked).toBe(0);
  const path = new URL(import.meta.url).pathname;
  const { size: sizeBytes } = await import("node:fs").then(({ statSync }) => statSync(path));
  const upload = { path, name: "x.png", mimeType: "image/png", sizeBytes };
  expect(await client.upload(upload, going())).toMatchObject({ ok: false, failure: { code: "tls_failed" } });
  const download = client.download("https://media.example.org/x?sig=1", { ...going(), maxBytes: 10 });
  await expect(download).rejects.toMatchObject({ code: "tls_failed" });
  expect(proxy.asked.map(({ url }) => url)).toEqual([
    ...["api.example.org:443", "api.example.org:443", "api.example.org:443", "media.example.org:443"],
  ]);
  expect(behind.received.join("")).toBe("");
});

test("a create goes out through the tunnel once its yes is given, which is asked for when the server's TLS stands", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0"); // the tests' certificate is nobody's
  onTestFinished(() => void vi.unstubAllEnvs());
  const body = '{"inferenceJobId":"j1"}';
  const behind = await untrustedTlsServer((socket) => {
    socket.on("data", () => socket.end(`HTTP/1.1 201 X\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
  });
  const proxy = await proxyTo(behind.origin);
  const client = testClient("https://api.example.org", {
    findProxy: proxiesOf({ HTTPS_PROXY: proxy.url }),
  });
  const create = (mayLeave: () => Promise<boolean>) =>
    client.create(
      { kind: "inference", path: "/image/generate", body: { model: "m", prompt: "a cat" } },
      { ...going(), mayLeave },
    );
  const requests = () => behind.received.filter((text) => text !== "").length;
  const seen: { readonly tunnels: number; readonly requests: number }[] = [];
  const look = (yes: boolean) => async () => {
    seen.push({ tunnels: proxy.asked.length, requests: requests() });
    return yes;
  };
  expect(await create(look(true))).toEqual({ outcome: "accepted", job: { kind: "inference", id: "j1" } });
  expect(await create(look(false))).toMatchObject({ outcome: "notSent" });
  expect(seen).toEqual([
    { tunnels: 1, requests: 0 },
    { tunnels: 2, requests: 1 },
  ]);
  expect(requests()).toBe(1);
});

test("this machine itself is reached without the proxy", async () => {
  const local = await httpServer((_request, response) => json(response, 200, { accountId: "me" }));
  const client = testClient(local.origin, {
    findProxy: () => Promise.reject(new Error("not to be asked")),
  });
  expect(await client.whoami(going())).toEqual({ accountId: "me" });
});

test("the proxy's user and password go to it alone, and stand in no message", async () => {
  const proxy = await proxyTo(407);
  const address = `http://us%40er:s3cr%3At@127.0.0.1:${proxy.port}`;
  const client = testClient("https://api.example.org", {
    ...{ findProxy: proxiesOf({ https_proxy: address }), retries: 0 },
  });
  const error: unknown = await client.whoami(going()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "proxy_login_required",
    message: `The proxy wants a user name and a password. (127.0.0.1:${proxy.port} answered 407)`,
  });
  expect(proxy.asked[0]?.headers["proxy-authorization"]).toBe(
    `Basic ${Buffer.from("us@er:s3cr:t").toString("base64")}`,
  );
  expect(JSON.stringify(error)).not.toMatch(/s3cr/);
});

test("a proxy's 502 is told as a server it does not reach, and a create is not sent", async () => {
  const proxy = await proxyTo(502);
  const client = testClient("https://api.example.org", {
    ...{ findProxy: proxiesOf({ https_proxy: `http://127.0.0.1:${proxy.port}` }), retries: 0 },
  });
  const created = await client.create(
    { kind: "inference", path: "/image/generate", body: { model: "m" } },
    going(),
  );
  expect(created).toMatchObject({
    outcome: "notSent",
    failure: {
      code: "proxy_cannot_reach",
      message: `The proxy does not reach the server. (127.0.0.1:${proxy.port} answered 502)`,
    },
  });
});

test.each([
  ["a proxy that is not there", async () => ({ HTTPS_PROXY: await deadOrigin() }), "proxy_unreachable"],
  ["a kind of proxy nobody speaks", async () => ({ ALL_PROXY: "socks5://x:1080" }), "proxy_unsupported"],
  ["an address that is none", async () => ({ HTTPS_PROXY: "http://" }), "proxy_address_invalid"],
])("%s is named, and a create is not sent", async (_name, environment, code) => {
  const client = testClient("https://api.example.org", {
    ...{ findProxy: proxiesOf(await environment()), retries: 0 },
  });
  await expect(client.whoami(going())).rejects.toMatchObject({ code });
  const created = await client.create(
    { kind: "inference", path: "/image/generate", body: { model: "m" } },
    going(),
  );
  expect(created).toMatchObject({ outcome: "notSent", failure: { code, cost: "none" } });
});
