import { canonicalJson } from "../../base/canonical-json.ts";
import type { RemoteServer } from "../../engine/index.ts";
import type { CreateRequest } from "../../wondercat/types.ts";

type Priced = Extract<CreateRequest, { kind: "inference" }>;

/** Of requests that differ in their prompt alone, at most so many are asked about. */
const MOST_QUESTIONS = 24;
const AT_ONCE = 8;

/**
 * About what each of these creates costs, in their order; undefined where nobody says. The same request is asked about
 * once. A price may depend on the prompt by its length alone, as far as the API tells: of very many that differ only
 * there, some are asked about, from the shortest to the longest, and the others lie between their neighbours.
 */
export async function pricesOf(
  requests: readonly Priced[],
  remote: Pick<RemoteServer, "estimate">,
): Promise<readonly (number | undefined)[]> {
  const groups = new Map<string, { readonly request: Priced; readonly prompts: Map<string, number[]> }>();
  for (const [at, request] of requests.entries()) {
    const { prompt, ...rest } = request.body;
    // Whether there is a prompt at all makes two groups.
    const key = canonicalJson([request.path, rest, prompt === undefined]);
    const group = groups.get(key) ?? { request, prompts: new Map<string, number[]>() };
    groups.set(key, group);
    const places = group.prompts.get(prompt ?? "");
    if (places) places.push(at);
    else group.prompts.set(prompt ?? "", [at]);
  }

  const prices = new Array<number | undefined>(requests.length);
  const questions: (() => Promise<void>)[] = [];
  const rest: (() => void)[] = [];
  for (const { request, prompts } of groups.values()) {
    const byLength = [...prompts].sort(([a], [b]) => a.length - b.length);
    const last = byLength.length - 1;
    const count = Math.min(byLength.length, MOST_QUESTIONS);
    const asked = Array.from({ length: count }, (_, nth) =>
      Math.round((nth * last) / Math.max(1, count - 1)),
    );
    const known = new Map<number, number | undefined>();
    for (const at of asked)
      questions.push(async () => {
        const prompt = request.body.prompt === undefined ? {} : { prompt: byLength[at]?.[0] ?? "" };
        known.set(at, await remote.estimate({ ...request, body: { ...request.body, ...prompt } }));
      });
    rest.push(() => {
      const lengths = byLength.map(([prompt]) => prompt.length);
      for (const [at, [, places]] of byLength.entries()) {
        const price = known.has(at) ? known.get(at) : between(at, asked, lengths, known);
        for (const place of places) prices[place] = price;
      }
    });
  }
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let ask = questions.shift(); ask; ask = questions.shift()) await ask();
    }),
  );
  for (const fill of rest) fill();
  return prices;
}

function between(
  at: number,
  asked: readonly number[],
  lengths: readonly number[],
  known: ReadonlyMap<number, number | undefined>,
): number | undefined {
  const above = asked.findIndex((one) => one > at);
  const [low = 0, high = 0] = [asked[above - 1], asked[above]];
  const [lowPrice, highPrice] = [known.get(low), known.get(high)];
  if (lowPrice === undefined || highPrice === undefined) return undefined;
  const [from = 0, to = 0, own = 0] = [lengths[low], lengths[high], lengths[at]];
  const part = to === from ? 0 : (own - from) / (to - from);
  return Math.ceil(lowPrice + part * (highPrice - lowPrice));
}
