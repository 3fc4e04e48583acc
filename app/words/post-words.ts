import type { LedgerPost, PostFilter, PostStatus } from "../../src/studio/contract.ts";

/** What became of a post, as a person reads it. */
export const postStatusWords: { readonly [Status in PostStatus]: string } = {
  sending: "Being sent",
  accepted: "Taken by the server",
  scheduled: "Scheduled",
  posted: "Posted",
  open: "May have gone out",
  "said-sent": "Went out, you said",
  "said-not-sent": "Did not go out, you said",
  "not-posted": "Not posted",
};

export const filterWords: { readonly [Status in NonNullable<PostFilter["standing"]>]: string } = {
  open: "May have gone out",
  posted: "Posted",
  accepted: "Taken by the server",
  settled: "Settled by you",
  "not-posted": "Not posted",
};

export const approverWords: { readonly [By in LedgerPost["approvedBy"]]: string } = {
  person: "by you",
  sandbox: "by the sandbox",
  flag: "by --publish",
  setting: "by your setting not to ask",
};

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
