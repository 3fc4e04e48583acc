import type { LedgerPost, PostFilter, PostStatus } from "../../src/studio/contract.ts";

/** What became of a post, as a person reads it. */
export const postStatusIds = {
  sending: "posts.sending",
  accepted: "posts.accepted",
  scheduled: "posts.scheduled",
  posted: "posts.posted",
  open: "posts.open",
  "said-sent": "posts.saidSent",
  "said-not-sent": "posts.saidNotSent",
  "not-posted": "posts.notPosted",
} as const satisfies Record<PostStatus, string>;

export const filterIds = {
  open: "posts.open",
  posted: "posts.posted",
  accepted: "posts.accepted",
  settled: "posts.settledByYou",
  "not-posted": "posts.notPosted",
} as const satisfies Record<NonNullable<PostFilter["standing"]>, string>;

export const approverIds = {
  person: "posts.byPerson",
  sandbox: "posts.bySandbox",
  flag: "posts.byFlag",
  setting: "posts.bySetting",
} as const satisfies Record<LedgerPost["approvedBy"], string>;

/** The one name an account has everywhere: "@name" where the name is one, else the name as it is, else the id. */
export function accountWords({
  accountName,
  accountId,
}: {
  readonly accountName?: string | undefined;
  readonly accountId: string;
}): string {
  if (!accountName || accountName === accountId) return accountId;
  return /\s/.test(accountName) ? accountName : `@${accountName}`;
}
