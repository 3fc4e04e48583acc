/** Which proxy a connection goes through, and the tunnel to it. */
import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { BlockList, isIP, type Socket } from "node:net";
import type { buildConnector } from "undici";
import type { FailureCode } from "./failures.ts";
import { isLoopback } from "./server-url.ts";

export type Proxy = {
  readonly isSecure: boolean;
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** A secret: the value of `Proxy-Authorization`. */
  readonly authorization?: string;
};

/** The proxy for a server, or nothing where it is reached directly. Rejects with a `ProxyError`. */
export type FindProxy = (server: URL) => Promise<Proxy | undefined>;

/** Why a proxy gives no connection. Nothing was sent to the server then. Holds no credentials. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  readonly failureCode: FailureCode;
  /** What tells it from others: the proxy, and what it said. */
  readonly code: string;

  constructor(failureCode: FailureCode, detail: string, cause?: unknown) {
    super(`${failureCode}: ${detail}`, cause === undefined ? undefined : { cause });
    this.failureCode = failureCode;
    this.code = detail;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * By the variables that curl and others read, of which small letters win: HTTPS_PROXY, else ALL_PROXY, else HTTP_PROXY,
 * which many set alone; NO_PROXY names servers that are reached directly.
 *
 * @returns nothing at all where none of them is set, so that a host can ask the system instead.
 */
export function proxiesOf(environment: Environment): FindProxy | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const text = read("HTTPS_PROXY") ?? read("ALL_PROXY") ?? read("HTTP_PROXY");
  if (text === undefined) return undefined;
  const isExcepted = exceptions(read("NO_PROXY") ?? "");
  return async (server) => (isExcepted(server) ? undefined : parseProxy(text));
}

/** As Chromium tells it: "PROXY proxy.example:8080; DIRECT". The first that can be used counts. */
export function proxyOfSystem(list: string): Proxy | undefined {
  let unusable: string | undefined;
  for (const entry of list.split(";")) {
    const [kind = "", address = ""] = entry.trim().split(/\s+/);
    if (/^direct$/i.test(kind)) return undefined;
    if (/^(proxy|https?)$/i.test(kind))
      return parseProxy(`${/^https$/i.test(kind) ? "https" : "http"}://${address}`);
    unusable ??= kind;
  }
  if (unusable) throw new ProxyError("proxy_unsupported", unusable.toLowerCase());
  return undefined;
}

/** @throws ProxyError `proxy_unsupported` or `proxy_address_invalid`; the text itself may hold a password. */
function parseProxy(text: string): Proxy {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (!url?.hostname) throw new ProxyError("proxy_address_invalid", "it is not a web address");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new ProxyError("proxy_unsupported", url.protocol.slice(0, -1));
  const isSecure = url.protocol === "https:";
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    isSecure,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (isSecure ? 443 : 80),
    ...(credentials === ":"
      ? {}
      : { authorization: `Basic ${Buffer.from(credentials, "utf8").toString("base64")}` }),
  };
}

/** A password that was not encoded stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names with all below them, addresses, ranges of addresses as `10.0.0.0/8`, each with a port or without; `*` for all. */
function exceptions(list: string): (server: URL) => boolean {
  const tests = list
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(exception);
  return (server) => tests.some((test) => test(server));
}

function exception(entry: string): (server: URL) => boolean {
  if (entry === "*") return () => true;
  const range = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (range) {
    const [, network = "", bits] = range;
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    const inside = new BlockList();
    try {
      inside.addSubnet(network, Number(bits), family);
    } catch {
      return () => false;
    }
    return (server) => isIP(bare(server)) !== 0 && inside.check(bare(server), family);
  }
  const [, name = "", port] = /^(\[[^\]]*\]|[^:]*|[^[].*:.*:.*)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  const wanted = name.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
  return (server) =>
    wanted !== "" &&
    (bare(server) === wanted || bare(server).endsWith(`.${wanted}`)) &&
    (port === undefined || port === portOf(server));
}

const bare = ({ hostname }: URL): string => hostname.toLowerCase().replace(/^\[|\]$/g, "");
const portOf = ({ port, protocol }: URL): string => port || (protocol === "https:" ? "443" : "80");

/**
 * Connects through a tunnel (CONNECT) where there is a proxy, and as `connect` does where there is none. This machine
 * itself is never behind one. The connection stands when the server's TLS does, so whatever guards a create stays on
 * this side of it; the proxy sees the server's name and port, never a request.
 *
 * @param timeoutMs to the proxy's answer.
 */
export function connectThrough(
  connect: buildConnector.connector,
  findProxy: FindProxy,
  timeoutMs: number,
): buildConnector.connector {
  return (target, callback) => {
    const server = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
    if (isLoopback(server)) {
      connect(target, callback);
      return;
    }
    const tunnel = async () => {
      const proxy = await findProxy(server);
      return proxy && (await openTunnel(proxy, `${target.hostname}:${portOf(server)}`, timeoutMs));
    };
    tunnel().then(
      (httpSocket) => connect(httpSocket ? { ...target, httpSocket } : target, callback),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/** A gateway's 502 to 504 is of the server behind it; any other word is the proxy's own no. */
function refusal(name: string, status = 0): ProxyError {
  const isOfServer = status >= 502 && status <= 504;
  const no = status === 407 ? "proxy_login_required" : "proxy_refused";
  return new ProxyError(isOfServer ? "proxy_cannot_reach" : no, `${name} answered ${status}`);
}

/** @throws ProxyError */
function openTunnel(proxy: Proxy, authority: string, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const name = `${proxy.hostname}:${proxy.port}`;
  const request = (proxy.isSecure ? secureRequest : plainRequest)({
    host: proxy.hostname,
    port: proxy.port,
    method: "CONNECT",
    path: authority,
    agent: false,
    headers: {
      host: authority,
      ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
    },
  });
  const timer = setTimeout(
    () => request.destroy(new ProxyError("proxy_unreachable", `${name} did not answer in time`)),
    timeoutMs,
  );
  request.once("connect", ({ statusCode = 0 }, socket, head) => {
    clearTimeout(timer);
    // Until its user listens; what breaks then is told to them.
    socket.on("error", () => undefined);
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    } else {
      socket.destroy();
      reject(refusal(name, statusCode));
    }
  });
  request.once("response", (response) => {
    response.destroy();
    reject(refusal(name, response.statusCode));
  });
  request.on("error", (error) => {
    clearTimeout(timer);
    reject(
      error instanceof ProxyError
        ? error
        : new ProxyError("proxy_unreachable", `${name}, ${"code" in error ? error.code : "no HTTP"}`, error),
    );
  });
  request.end();
  return promise;
}
