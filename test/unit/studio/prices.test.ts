import { expect, test } from "vitest";
import { pricesOf } from "../../../src/studio/preflight/prices.ts";
import type { CreateRequest } from "../../../src/wondercat/types.ts";

type Priced = Extract<CreateRequest, { kind: "inference" }>;
const asking = (prompt: string, model = "model-1"): Priced => ({
  kind: "inference",
  path: "/image/generate",
  body: { model, prompt, params: {} },
});

async function price(requests: readonly Priced[], of: (prompt: string) => number | undefined) {
  const asked: string[] = [];
  const prices = await pricesOf(requests, {
    async estimate(request) {
      const prompt = request.kind === "inference" ? (request.body.prompt ?? "") : "";
      asked.push(prompt);
      return of(prompt);
    },
  });
  return { prices, asked };
}

test("the same request is asked about once, and each gets the price of its own", async () => {
  const { prices, asked } = await price(
    [asking("a"), asking("bb"), asking("a")],
    ({ length }) => length * 10,
  );
  expect(prices).toEqual([10, 20, 10]);
  expect(asked.toSorted()).toEqual(["a", "bb"]);
});

test("of ten thousand prompts few are asked about, and the others lie between those", async () => {
  const requests = Array.from({ length: 10_000 }, (_, at) => asking("x".repeat(1 + (at % 500)) + String(at)));
  const { prices, asked } = await price(requests, ({ length }) => 1000 + length);
  expect(asked.length).toBeLessThan(30);
  for (const [at, { body }] of requests.entries()) expect(prices[at]).toBe(1000 + (body.prompt?.length ?? 0));
});

test("a price that nobody says is not made up", async () => {
  const requests = Array.from({ length: 100 }, (_, at) => asking("x".repeat(at + 1)));
  const { prices } = await price(requests, () => undefined);
  expect(new Set(prices)).toEqual(new Set([undefined]));
});
