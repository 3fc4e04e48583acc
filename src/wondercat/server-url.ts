import { failureOf, WondercatError } from "./failures.ts";

const API_PATH = "/api/v1";

export type ServerUrl = {
  /** Scheme, host and port: the only place the API key ever goes. */
  readonly origin: string;
  /** Path before every endpoint, without a trailing slash: `/api/v1`. */
  readonly basePath: string;
  readonly isLoopback: boolean;
};

/**
 * Reads a server address: an origin, or one that ends in `/api/v1`.
 *
 * @throws WondercatError `server_address_invalid`, or `server_insecure` for plain http to another machine.
 */
export function parseServerUrl(text: string): ServerUrl {
  const url = URL.parse(text.trim());
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw invalid("it is not a web address");
  // Whatever follows could hold a secret, so it is not repeated.
  if (url.username || url.password) throw invalid("it holds a user name or password");
  if (url.search || url.hash) throw invalid("it holds a query or fragment");
  const path = url.pathname.replace(/\/+$/, "");
  if (path !== "" && !path.endsWith(API_PATH))
    throw invalid(`its path should be empty or end in ${API_PATH}`);
  if (!isSafeToFetch(url)) throw new WondercatError(failureOf("server_insecure"));
  return { origin: url.origin, basePath: path === "" ? API_PATH : path, isLoopback: isLoopback(url) };
}

/**
 * Where media may be fetched from; undefined where nothing is. A server elsewhere must not make this machine fetch from
 * itself.
 */
export function mediaAddress(
  text: string,
  server: Pick<ServerUrl, "isLoopback">,
  base?: URL,
): URL | undefined {
  const url = URL.parse(text, base?.href);
  return url && isSafeToFetch(url) && (server.isLoopback || !isLoopback(url)) ? url : undefined;
}

/** https anywhere, plain http only on this machine. */
function isSafeToFetch(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

/** The URL parser has already turned `127.1`, `0x7f000001` and the like into four numbers. */
export function isLoopback(url: URL): boolean {
  return (
    url.hostname === "localhost" || url.hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(url.hostname)
  );
}

function invalid(why: string): WondercatError {
  return new WondercatError(failureOf("server_address_invalid", why));
}
