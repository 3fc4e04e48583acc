import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import WebSocket from "ws";
import type { contract } from "../../src/studio/contract.ts";
import { type CliProcess, startCatwalk } from "./catwalk-cli.ts";

export type WebClient = ContractRouterClient<typeof contract>;

/** `catwalk serve` as a process of its own, and a client of its contract, signed in as a browser would be. */
export type ServedStudio = AsyncDisposable & {
  /** Where the window lives, with a slash at its end; every other address is below it. */
  readonly base: string;
  /** What a signed-in window sends with each request. */
  readonly headers: { readonly cookie: string; readonly origin: string };
  readonly client: WebClient;
  readonly process: CliProcess;
};

export async function serveStudio(home: string, more: readonly string[] = []): Promise<ServedStudio> {
  const served = startCatwalk(["serve", "--no-open", "--port", "0", "--home", home, ...more], {
    serves: true,
  });
  const [, url = ""] = await served.until(/listening (\S+)\n/);
  const { origin } = new URL(url);
  const signedIn = await fetch(url, { redirect: "manual" });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const base = new URL(signedIn.headers.get("location") ?? "/", origin).href;
  const headers = { cookie, origin };
  const socket = new WebSocket(`${base.replace("http", "ws")}rpc`, { headers });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return {
    base,
    headers,
    // The two WebSocket types differ in name only.
    client: createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })),
    process: served,
    async [Symbol.asyncDispose]() {
      socket.terminate();
      served.child.kill("SIGTERM");
      await served.end;
    },
  };
}
