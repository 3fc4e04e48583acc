import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { Scope } from "../../engine/record.ts";
import type { Library } from "../../library/index.ts";
import { builtInCatalogue } from "../../nodes/catalogue-data.ts";
import { catalogueFromCapabilities } from "../../nodes/catalogue-from-capabilities.ts";
import type { Catalogue } from "../../nodes/definition/catalogue.ts";
import { type PublishPlatform, platformNames, platforms } from "../../nodes/publish/platforms/platforms.ts";
import { createWondercatClient, type WondercatClient } from "../../wondercat/client.ts";
import { WondercatError } from "../../wondercat/failures.ts";
import { proxiesOf } from "../../wondercat/proxies.ts";
import { parseServerUrl } from "../../wondercat/server-url.ts";
import type { WondercatOptions } from "../../wondercat/transport.ts";
import type { Balance, Whoami } from "../../wondercat/types.ts";
import type { Said } from "../../words/message.ts";
import type { PostingAccount } from "../contract/catalogue.ts";
import { type Connection, type ServerChoice, serverChoiceSchema } from "../contract/connection.ts";
import type { StudioOptions } from "../ground/options.ts";
import { Refused } from "../ground/refused.ts";
import { createSandboxProcess, type RunningSandbox } from "./sandbox-process.ts";
import { keyFingerprint, scopeOf } from "./scope.ts";

/** A server that answered, with the account we are there. A run keeps the one it was started on. */
export type Server = {
  readonly client: WondercatClient;
  readonly scope: Scope;
  readonly label: string;
  readonly origin: string;
  readonly isSandbox: boolean;
  readonly catalogue: Catalogue;
  readonly accounts: readonly PostingAccount[];
};

export type Connections = {
  /** As it is now; starts connecting when nobody did yet. */
  current(): Connection;
  /** Waits until the chosen server answered. @throws Refused with what to do. */
  ready(): Promise<Server>;
  /** The chosen server's, or the built-in one while there is no answer. */
  catalogue(): Catalogue;
  /** Waits for the answer to a new choice, good or bad. */
  choose(choice: ServerChoice): Promise<Connection>;
  refresh(): Promise<Connection>;
  /** Asks for the balance alone, after something may have been charged. */
  refreshBalance(): Promise<void>;
  setKey(key: string): Promise<Connection>;
  clearKey(): Promise<Connection>;
  onChange(listener: (what: "connection" | "catalogue") => void): () => void;
  close(): Promise<void>;
};

const defaultLiveUrl = "https://api.wondercat.ai";

type Key = { readonly text: string; readonly source: "environment" | "stored" | "sandbox" };

type Attempt = {
  readonly connection: Connection;
  readonly server?: Server;
};

const LOOK_TIMEOUT_MS = 30_000;

export async function createConnections(
  options: StudioOptions,
  deps: { readonly library: Library; readonly clock: Clock; random(): number },
): Promise<Connections> {
  const { library, clock } = deps;
  const { secrets, environment, liveUrl = defaultLiveUrl } = options;
  const findProxy = proxiesOf(environment) ?? options.systemProxy;
  const listeners = new Set<(what: "connection" | "catalogue") => void>();
  const clients = new Map<string, WondercatClient>();
  const sandbox = createSandboxProcess(options, { onRestart: () => void reconnect() });

  let choice = options.server ?? (await storedChoice(library));
  let latest: Attempt = { connection: describe(choice, { state: "connecting" }) };
  let connecting: Promise<Attempt> | undefined;
  /** Grows with each reason to look again; an answer to an older question is dropped. */
  let turn = 0;

  function describe(
    server: ServerChoice,
    rest: Omit<Connection, "server" | "label" | "origin" | "isSandbox" | "keyStorage"> & { origin?: string },
  ): Connection {
    const origin = rest.origin ?? originOf(urlOf(server)) ?? "";
    return {
      server,
      label: labelOf(server),
      isSandbox: server.kind === "sandbox",
      keyStorage: secrets.description,
      ...rest,
      origin,
    };
  }

  function tell(what: "connection" | "catalogue"): void {
    for (const listener of listeners) listener(what);
  }

  /** Looks at the chosen server from the start. Never rejects: what is wrong is part of the connection. */
  function reconnect(): Promise<Attempt> {
    const mine = ++turn;
    latest = { connection: describe(choice, { state: "connecting" }) };
    const attempt: Promise<Attempt> = attemptTo(choice).then((result) => {
      // Whoever waits for this answer wants the one to the newer question; after closing there is none.
      if (mine !== turn) return connecting === attempt || !connecting ? result : connecting;
      latest = result;
      tell("connection");
      tell("catalogue");
      return result;
    });
    connecting = attempt;
    tell("connection");
    return attempt;
  }

  async function attemptTo(server: ServerChoice): Promise<Attempt> {
    let key: Key | undefined;
    let origin = "";
    const keyPart = () => (key ? { key: { lastFour: key.text.slice(-4), source: key.source } } : {});
    try {
      const running = server.kind === "sandbox" ? await sandbox.ready() : undefined;
      const baseUrl = running?.origin ?? urlOf(server) ?? "";
      origin = running?.origin ?? checkedOrigin(baseUrl);
      key = running ? { text: running.key, source: "sandbox" } : await findKey(server, origin);
      if (!key)
        return {
          connection: describe(server, {
            origin,
            state: "refused",
            problem: {
              code: "key-missing",
              message: `No API key is set for ${labelOf(server)}.`,
              remedy:
                "Enter a key in Settings or set CATWALK_API_KEY; or use the sandbox, which needs no account.",
            },
          }),
        };
      const client = running ? sandboxClient(running) : clientFor(baseUrl, key.text);
      const { whoami, balance, ...answers } = await lookAround(client);
      const found: Server = {
        client,
        scope: scopeFor(running, origin, whoami, key.text),
        label: labelOf(server),
        origin,
        isSandbox: server.kind === "sandbox",
        ...answers,
      };
      const words = balance && balanceInWords(balance);
      return {
        server: found,
        connection: describe(server, {
          origin,
          state: "ready",
          ...keyPart(),
          ...(whoami ? { account: whoami } : {}),
          ...(words ? { balance: words } : {}),
        }),
      };
    } catch (error) {
      const problem = problemOf(error);
      const refused = problem.status === 401 || problem.status === 403 || problem.code.startsWith("key");
      const { code, message, remedy } = problem;
      return {
        connection: describe(server, {
          origin,
          state: refused ? "refused" : "unreachable",
          problem: { code, message, remedy },
          ...keyPart(),
        }),
      };
    }
  }

  /**
   * The environment's key goes to the live server, or to the server named on the command line, and to no other. A
   * stored key goes to the origin it was stored for.
   */
  async function findKey(server: ServerChoice, origin: string): Promise<Key | undefined> {
    const named = options.server !== undefined && options.server.kind !== "sandbox";
    const fromEnvironment = environment["CATWALK_API_KEY"] || environment["WONDA_API_KEY"];
    if (fromEnvironment && (server.kind === "live" || named))
      return { text: checkedKey(fromEnvironment.trim()), source: "environment" };
    const stored = await secrets.get(origin);
    return stored === undefined ? undefined : { text: checkedKey(stored), source: "stored" };
  }

  /** Undefined for the sandbox, whose address is known only while it runs. */
  function urlOf(server: ServerChoice): string | undefined {
    if (server.kind === "sandbox") return undefined;
    return server.kind === "live" ? liveUrl : server.url;
  }

  /** One client per address and key, kept for the runs that use it. */
  function clientFor(baseUrl: string, key: string): WondercatClient {
    return keptClient(`${baseUrl} ${keyFingerprint(key)}`, { baseUrl, apiKey: () => key });
  }

  /** The same for as long as we live: runs go on when the sandbox is started again, wherever it is then. */
  function sandboxClient({ origin, key }: RunningSandbox): WondercatClient {
    return keptClient("sandbox", {
      baseUrl: origin,
      apiKey: () => key,
      whereNow: async () => (await sandbox.ready()).origin,
    });
  }

  function keptClient(
    name: string,
    place: Pick<WondercatOptions, "baseUrl" | "apiKey" | "whereNow">,
  ): WondercatClient {
    const known = clients.get(name);
    if (known) return known;
    const client = createWondercatClient({
      ...place,
      findProxy,
      userAgent: `Catwalk/${options.version}`,
      ...(options.answerMs === undefined ? {} : { timeouts: { headersMs: options.answerMs } }),
      clock,
      random: deps.random,
    });
    clients.set(name, client);
    return client;
  }

  return {
    current() {
      if (!connecting) void reconnect();
      return latest.connection;
    },
    async ready() {
      const isOld = latest.connection.state !== "connecting";
      const { server, connection } = await (connecting ?? reconnect());
      if (server) return server;
      // A server that was down earlier may be up again by now. One that was asked just now was asked often enough.
      const again = isOld && connection.state === "unreachable" ? await reconnect() : undefined;
      if (again?.server) return again.server;
      const { problem } = again?.connection ?? connection;
      throw new Refused(
        problem?.code ?? "not-connected",
        problem?.message ?? "There is no connection to the server.",
        problem?.remedy ?? "Look at the connection in Settings.",
      );
    },
    catalogue: () => latest.server?.catalogue ?? builtInCatalogue,
    async choose(next) {
      if (options.server)
        throw new Refused(
          "server-fixed",
          "The server was named on the command line.",
          "Start without --server.",
        );
      if (next.kind === "custom") checkedOrigin(next.url);
      await library.settings.set("studio", "server", next);
      choice = next;
      return (await reconnect()).connection;
    },
    refresh: async () => (await reconnect()).connection,
    async refreshBalance() {
      const { server, connection } = latest;
      if (!server) return;
      const mine = turn;
      const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
      // A balance that cannot be had leaves the last one on show; the run's own requests say what is wrong.
      const balance = await server.client.balance({ signal }).catch(() => undefined);
      const words = balance && balanceInWords(balance);
      if (words === undefined || mine !== turn || words === connection.balance) return;
      latest = { server, connection: { ...latest.connection, balance: words } };
      tell("connection");
    },
    async setKey(key) {
      const origin = originOf(urlOf(choice));
      if (origin === undefined)
        throw new Refused("key-not-needed", "The sandbox needs no key.", "Choose another server first.");
      const checked = checkedKey(key);
      try {
        await secrets.set(origin, checked);
      } catch (error) {
        if (error instanceof Refused) throw error;
        throw new Refused(
          "key-not-stored",
          `The key could not be stored: ${messageOf(error, "the key store failed")}`,
          "Set CATWALK_API_KEY instead.",
          error,
        );
      }
      return (await reconnect()).connection;
    },
    async clearKey() {
      const origin = originOf(urlOf(choice));
      if (origin !== undefined) await secrets.clear(origin);
      return (await reconnect()).connection;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      turn++;
      await Promise.all([...clients.values()].map((client) => client.close()));
      await sandbox.close();
    },
  };
}

async function storedChoice(library: Library): Promise<ServerChoice> {
  const stored = await library.settings.get("studio", "server");
  return serverChoiceSchema.catch({ kind: "sandbox" }).parse(stored);
}

function labelOf(server: ServerChoice): string {
  switch (server.kind) {
    case "sandbox":
      return "Sandbox";
    case "live":
      return "Live";
    case "custom":
      return URL.parse(server.url)?.host ?? server.url;
  }
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : URL.parse(url)?.origin;
}

function checkedOrigin(url: string): string {
  try {
    return parseServerUrl(url).origin;
  } catch (error) {
    const { code, message, remedy } = problemOf(error);
    throw new Refused(code, message, remedy, error);
  }
}

/** Anything else could not be sent in a header. The text itself is not repeated. */
function checkedKey(key: string): string {
  if (/^[\x21-\x7e]{1,500}$/.test(key)) return key;
  throw new Refused(
    "key-invalid",
    "The API key holds characters that no key has.",
    "Copy the key again, without spaces or line breaks.",
  );
}

type Look = {
  readonly whoami?: Whoami;
  readonly balance?: Balance;
  readonly catalogue: Catalogue;
  readonly accounts: readonly PostingAccount[];
};

/** Who we are and what the server can do. A server that lacks one of the lesser answers is still a server. */
async function lookAround(client: WondercatClient): Promise<Look> {
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  const orMissing = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await answer;
    } catch (error) {
      const status = error instanceof WondercatError ? error.failure.status : undefined;
      if (status === 404 || status === 405 || status === 410) return undefined;
      throw error;
    }
  };
  const orNothing = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await answer;
    } catch {
      return undefined; // shown as absent; the run's own requests will say what is wrong
    }
  };
  // Alone at first: what cannot be reached, or refuses the key, is not asked for four more things at once.
  const whoami = await orMissing(client.whoami({ signal }));
  const [capabilities, balance, ...accounts] = await Promise.all([
    orMissing(client.capabilities({ signal })),
    orNothing(client.balance({ signal })),
    ...platformNames.map((platform) => orNothing(accountsOn(platform, client, signal))),
  ]);
  return {
    ...(whoami ? { whoami } : {}),
    ...(balance ? { balance } : {}),
    catalogue: capabilities ? catalogueFromCapabilities(capabilities) : builtInCatalogue,
    accounts: accounts.flatMap((found) => found ?? []),
  };
}

async function accountsOn(
  platform: PublishPlatform,
  client: WondercatClient,
  signal: AbortSignal,
): Promise<readonly PostingAccount[]> {
  const accounts = await client.accounts(platforms[platform].api, { signal });
  return accounts.map((account) => ({ platform, ...account }));
}

function scopeFor(
  sandbox: RunningSandbox | undefined,
  origin: string,
  whoami: Whoami | undefined,
  key: string,
): Scope {
  return scopeOf(sandbox ? `sandbox:${sandbox.identity}` : origin, whoami?.accountId ?? keyFingerprint(key));
}

function balanceInWords({ microdollars, credits }: Balance): string | undefined {
  if (microdollars !== undefined) return `$${(microdollars / 1_000_000).toFixed(2)}`;
  return credits === undefined ? undefined : `${credits.toLocaleString("en-US")} credits`;
}

function problemOf(error: unknown): {
  readonly code: string;
  readonly message: Said;
  readonly remedy: Said;
  readonly status?: number;
} {
  if (error instanceof WondercatError) return error.failure;
  if (error instanceof Refused) return { code: error.code, message: error.said, remedy: error.remedy };
  return {
    code: "connection-failed",
    message: messageOf(error, "The server could not be asked."),
    remedy: "Try again; if it stays, restart Catwalk.",
  };
}
