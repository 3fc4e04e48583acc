import { type } from "@orpc/contract";
import { z } from "zod";
import type { Catalogue } from "../../nodes/definition/catalogue.ts";
import type { PublishPlatform } from "../../nodes/publish/platforms/platforms.ts";
import type { SocialAccount } from "../../wondercat/types.ts";
import { base } from "./base.ts";

export const serverChoiceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sandbox") }),
  z.object({ kind: z.literal("live") }),
  z.object({ kind: z.literal("custom"), url: z.url() }),
]);
export type ServerChoice = z.infer<typeof serverChoiceSchema>;

export type Connection = {
  readonly server: ServerChoice;
  /** "Sandbox", "Live" or the host of a custom server. */
  readonly label: string;
  readonly origin: string;
  readonly isSandbox: boolean;
  readonly state: "connecting" | "ready" | "unreachable" | "refused";
  /** Why it is not ready, with what to do. */
  readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
  readonly account?: { readonly accountId: string; readonly email?: string; readonly plan?: string };
  readonly balance?: string;
  /** Never the key itself. */
  readonly key?: { readonly lastFour: string; readonly source: "environment" | "stored" | "sandbox" };
  /** Where a stored key lies, in words. */
  readonly keyStorage: string;
};

/** An account that posts can go to. */
export type PostingAccount = SocialAccount & { readonly platform: PublishPlatform };

export const connectionContract = {
  get: base.output(type<Connection>()),
  choose: base.input(z.object({ server: serverChoiceSchema })).output(type<Connection>()),
  /** Looks again: reachable, account, balance, catalogue. */
  refresh: base.output(type<Connection>()),
  /** Stores a key for the chosen server's origin. There is no way to read it back. */
  setKey: base.input(z.object({ key: z.string().trim().min(1).max(500) })).output(type<Connection>()),
  clearKey: base.output(type<Connection>()),
};

export const catalogueContract = {
  get: base.output(type<Catalogue>()),
  accounts: base.output(type<readonly PostingAccount[]>()),
};
