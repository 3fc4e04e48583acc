import { expect, test } from "vitest";
import { createWebGuard } from "../../../src/hosts/web/web-guard.ts";

const PORT = 4020;

function guardAt(now: () => number) {
  const guard = createWebGuard(() => PORT, now);
  const offer = (code: string) =>
    guard.check({
      method: "GET",
      target: `/?code=${code}`,
      webSocket: false,
      header: (name) => (name === "host" ? `127.0.0.1:${PORT}` : undefined),
    }).kind;
  return { guard, offer };
}

test("a code for the browser is good for two minutes, once, and a new one ends the last", () => {
  let ms = 0;
  const { guard, offer } = guardAt(() => ms);
  expect(offer("")).toBe("refuse");

  const good = guard.createCode();
  ms = 119_000;
  expect(offer("guess")).toBe("refuse");
  expect(offer(good)).toBe("sign-in");
  expect(offer(good)).toBe("refuse");

  const old = guard.createCode();
  ms += 120_000;
  expect(offer(old)).toBe("refuse");

  const last = guard.createCode();
  const next = guard.createCode();
  expect(offer(last)).toBe("refuse");
  expect(offer(next)).toBe("sign-in");
});

test("a bookmarked token stays good, for the person alone has it", () => {
  const { guard } = guardAt(() => 0);
  for (let visit = 0; visit < 2; visit++)
    expect(
      guard.check({
        method: "GET",
        target: `/?token=${guard.token}`,
        webSocket: false,
        header: (name) => (name === "host" ? `localhost:${PORT}` : undefined),
      }).kind,
    ).toBe("sign-in");
});
