import type { LedgerPost, PostStatus } from "../../studio/contract.ts";
import { openStudio } from "../process/open-studio.ts";
import { settleCommands, utc } from "../terminal/needs-person.ts";
import { print, printJson } from "../terminal/terminal.ts";

type Place = { readonly home?: string };
type ListArguments = Place & { readonly search?: string; readonly open?: boolean; readonly json?: boolean };

const words: { readonly [Status in PostStatus]: string } = {
  sending: "being sent",
  accepted: "taken by the server",
  scheduled: "scheduled",
  posted: "posted",
  open: "MAY HAVE GONE OUT",
  "said-sent": "went out, says a person",
  "said-not-sent": "did not go out, says a person",
  "not-posted": "not posted",
};

/** `catwalk posts`: the publish ledger, newest first. */
export async function listPosts(options: ListArguments): Promise<void> {
  const studio = await openStudio(options);
  try {
    const { search } = options;
    const posts = await studio.listPosts({
      ...(search === undefined ? {} : { search }),
      ...(options.open ? { standing: "open" } : {}),
    });
    if (options.json) return printJson(posts, 2);
    if (posts.length === 0)
      print(search === undefined && !options.open ? "Nothing was posted yet." : "No post fits.");
    for (const post of posts) for (const line of linesOf(post, options)) print(line);
  } finally {
    await studio.close();
  }
}

/** `catwalk posts settle`: what a person found out about a post of which nobody could say whether it went out. */
export async function settlePost(
  runId: string,
  stepId: string,
  options: Place & { readonly as: "sent" | "not-sent" },
): Promise<void> {
  const studio = await openStudio(options);
  try {
    await studio.settlePost({ runId, stepId, as: options.as });
    print(
      options.as === "sent"
        ? "Written down: it went out. The same media asks before it is posted there again."
        : "Written down: it did not go out. It may be posted again after an approval.",
    );
  } finally {
    await studio.close();
  }
}

function linesOf(post: LedgerPost, place: Place): readonly string[] {
  const { at, standing, platform, accountName, accountId, product, graphName, caption } = post;
  const when = new Date(at).toISOString().replace("T", " ").slice(0, 19);
  const head = `${when}  ${words[standing].padEnd(19)}  ${platform} ${product} as ${accountName ?? accountId}  ${graphName}`;
  return [
    head,
    ...(caption ? [`    ${caption.replace(/\s+/g, " ").slice(0, 120)}`] : []),
    ...(post.scheduledFor === undefined ? [] : [`    to go out at ${utc(post.scheduledFor)}`]),
    ...(post.permalink === undefined ? [] : [`    ${post.permalink}`]),
    ...(standing === "open"
      ? [`    look at the account, then: ${settleCommands(post, place).join(" or ")}`]
      : []),
  ];
}
