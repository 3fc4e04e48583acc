import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What the guard looks at; the same for HTTP requests, media requests and WebSocket upgrades. */
export type GuardedRequest = {
  readonly method: string;
  /** Path and query as they came, not decoded. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  readonly webSocket: boolean;
};

export type Verdict =
  | {
      readonly kind: "pass";
      /** Path and query below the guard's own path, with a slash at the front. */
      readonly target: string;
    }
  /** The first visit: the token becomes a cookie and leaves the address, which is `path` from then on. */
  | { readonly kind: "sign-in"; readonly cookie: string }
  /** The bare address, which tells nothing: a page that has been here before finds its way by itself. */
  | { readonly kind: "enter" }
  | { readonly kind: "refuse"; readonly status: 400 | 401 | 403; readonly message: string };

/** How long a code for the browser that is being opened is good, in milliseconds. */
const CODE_MS = 2 * 60_000;

/**
 * Keeps everyone but the person who started the host away from it: other sites in the same browser (Host, Origin,
 * Fetch metadata), other users of the machine (token), and DNS rebinding (Host).
 *
 * A browser sends a cookie of 127.0.0.1 to every port of it, and other users may listen there. So everything lies under
 * a secret path: the cookie goes with no request outside it, and does nothing without it.
 *
 * @param now milliseconds of any clock that only goes forward
 * @param key what path and cookie are made of, each port's own: with the same key a window that was let in before
 * this start is let in again. The token is new with each start.
 */
export function createWebGuard(
  port: () => number,
  now: () => number = () => performance.now(),
  key: Buffer = randomBytes(32),
): {
  readonly token: string;
  /** Starts and ends with a slash. */
  readonly path: string;
  /**
   * For an address that others may see, such as in the list of processes: it signs in once, within two minutes. A new
   * one ends the last.
   */
  createCode(): string;
  /**
   * What only the holder of the secret path can say to a number used once. A window asks for it before it sends the
   * path and the cookie again: another user may have taken the port meanwhile.
   */
  prove(nonce: string): string;
  check(request: GuardedRequest): Verdict;
} {
  const secret = () => randomBytes(32).toString("base64url");
  const token = secret();
  const made = (of: string) => createHmac("sha256", key).update(`${of} ${port()}`).digest("base64url");
  const session = () => made("session");
  const path = () => `/${made("path")}/`;
  let code: { readonly text: string; readonly until: number } | undefined;

  function takesCode(offered: string): boolean {
    const known = code;
    if (!known || !same(offered, known.text)) return false;
    code = undefined;
    return now() < known.until;
  }

  return {
    token,
    get path() {
      return path();
    },
    prove: (nonce) => createHmac("sha256", path()).update(nonce).digest("base64url"),
    createCode() {
      code = { text: secret(), until: now() + CODE_MS };
      return code.text;
    },
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
      const offered = request.method === "GET" && !request.webSocket ? offeredKey(request.target) : undefined;
      if (offered !== undefined) {
        // A link to the first address may be followed from anywhere: whoever has the token may come in.
        if (offered.kind === "token" ? !same(offered.text, token) : !takesCode(offered.text))
          return refuse(401, refusals[offered.kind]);
        return {
          kind: "sign-in",
          cookie: `${cookieName(port())}=${session()}; Path=${path()}; HttpOnly; SameSite=Strict`,
        };
      }
      if (site !== undefined && site !== "same-origin" && site !== "none") {
        return refuse(403, "Only Catwalk's own page may ask this.");
      }
      const below = path();
      const isBelow = same(request.target.slice(0, below.length), below);
      const cookie = cookieValue(request.header("cookie"), cookieName(port()));
      if (isBelow && cookie !== undefined && same(cookie, session()))
        return { kind: "pass", target: request.target.slice(below.length - 1) };
      if (request.target === "/" && request.method === "GET" && !request.webSocket) return { kind: "enter" };
      return refuse(401, signInFirst);
    },
  };
}

/** What a person reads who has no way in. */
export const signInFirst =
  "Open the address that Catwalk printed when it started: it holds the token that lets you in.";

const refusals = {
  token: "That token is not valid any more. Open the address that Catwalk printed last.",
  code: "This link was followed already, or is too old. Open the address that Catwalk printed. If nobody of yours followed it, another user of this machine did: end Catwalk.",
} as const;

function refuse(status: 401 | 403, message: string): Verdict {
  return { kind: "refuse", status, message };
}

/** Cookies do not tell ports apart, so the name does: two studios side by side do not sign each other out. */
function cookieName(port: number): string {
  return `catwalk-${port}`;
}

function offeredKey(target: string): { readonly kind: "token" | "code"; readonly text: string } | undefined {
  const query = target.indexOf("?");
  if (query < 0 || target.slice(0, query) !== "/") return undefined;
  const parameters = new URLSearchParams(target.slice(query));
  for (const kind of ["token", "code"] as const) {
    const text = parameters.get(kind);
    if (text !== null) return { kind, text };
  }
  return undefined;
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
