import { createHash } from "node:crypto";
import type { Scope } from "../../engine/record.ts";

/**
 * Where remote things are valid, as one opaque string. Readable on purpose, so that a person looking into the
 * database sees whose rows they are; holds no key.
 *
 * @param server the sandbox's identity from its state folder (its port changes), or a server's origin.
 * @param account what the server calls the account; a fingerprint of the key where it does not say.
 * @param organisation whose wallet pays, where it is not the account's own.
 */
export function scopeOf(server: string, account: string, organisation?: string): Scope {
  const parts = [server, account, organisation ?? "personal"].map(encodeURIComponent);
  return parts.join("/") as Scope; // the one place that makes the brand
}

/** Stands for an account the server does not name. Tells nothing about the key. */
export function keyFingerprint(key: string): string {
  return `key-${createHash("sha256").update(`catwalk scope ${key}`).digest("hex").slice(0, 16)}`;
}
