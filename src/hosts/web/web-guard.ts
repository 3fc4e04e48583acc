import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What the guard looks at; the same for HTTP requests, media requests and WebSocket upgrades. */
export type GuardedRequest = {
  readonly method: string;
  /** Path and query as they came, not decoded. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  readonly webSocket: boolean;
};

export type Verdict =
  | { readonly kind: "pass" }
  /** The first visit: the token becomes a cookie and leaves the address. */
  | { readonly kind: "sign-in"; readonly cookie: string }
  | { readonly kind: "refuse"; readonly status: 400 | 401 | 403; readonly message: string };

/**
 * Keeps everyone but the person who started the host away from it: other sites in the same browser (Host, Origin,
 * Fetch metadata), other users of the machine (token), and DNS rebinding (Host).
 */
export function createWebGuard(port: () => number): {
  readonly token: string;
  check(request: GuardedRequest): Verdict;
} {
  const token = randomBytes(32).toString("base64url");
  const session = randomBytes(32).toString("base64url");

  return {
    token,
    check(request) {
      const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
      const host = request.header("host");
      if (!host || !hosts.includes(host)) {
        return refuse(403, "This address is not served here. Open the address that Catwalk printed.");
      }
      const origin = request.header("origin");
      const changesSomething = request.method !== "GET" && request.method !== "HEAD";
      if (origin === undefined ? changesSomething || request.webSocket : origin !== `http://${host}`) {
        return refuse(403, "Only Catwalk's own page may ask this.");
      }
      const site = request.header("sec-fetch-site");
      const offered =
        request.method === "GET" && !request.webSocket ? offeredToken(request.target) : undefined;
      if (offered !== undefined) {
        // A link to the first address may be followed from anywhere: whoever has the token may come in.
        if (!same(offered, token))
          return refuse(401, "That token is not valid any more. Open the address that Catwalk printed last.");
        return {
          kind: "sign-in",
          cookie: `${cookieName(port())}=${session}; Path=/; HttpOnly; SameSite=Strict`,
        };
      }
      if (site !== undefined && site !== "same-origin" && site !== "none") {
        return refuse(403, "Only Catwalk's own page may ask this.");
      }
      const cookie = cookieValue(request.header("cookie"), cookieName(port()));
      if (cookie === undefined || !same(cookie, session)) {
        return refuse(
          401,
          "Open the address that Catwalk printed when it started: it holds the token that lets you in.",
        );
      }
      return { kind: "pass" };
    },
  };
}

function refuse(status: 401 | 403, message: string): Verdict {
  return { kind: "refuse", status, message };
}

/** Cookies do not tell ports apart, so the name does: two studios side by side do not sign each other out. */
function cookieName(port: number): string {
  return `catwalk-${port}`;
}

function offeredToken(target: string): string | undefined {
  const query = target.indexOf("?");
  if (query < 0 || target.slice(0, query) !== "/") return undefined;
  return new URLSearchParams(target.slice(query)).get("token") ?? undefined;
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return value.join("=");
  }
  return undefined;
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
