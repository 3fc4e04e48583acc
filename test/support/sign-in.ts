import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import WebSocket from "ws";
import type { contract } from "../../src/studio/contract.ts";

export type WebClient = ContractRouterClient<typeof contract>;

/** A client of a studio's contract, signed in as a browser would be. */
export type SignedIn = {
  /** Where the window lives, with a slash at its end; every other address is below it. */
  readonly base: string;
  /** What a signed-in window sends with each request. */
  readonly headers: { readonly cookie: string; readonly origin: string };
  readonly client: WebClient;
  close(): void;
};

/** @param url as it was printed. */
export async function signIn(url: string): Promise<SignedIn> {
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
    close: () => socket.terminate(),
  };
}
