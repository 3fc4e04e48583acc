import { randomBytes } from "node:crypto";
import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keptSessionKey } from "../../../src/hosts/web/session-key.ts";
import { createWebGuard } from "../../../src/hosts/web/web-guard.ts";
import { temporaryFolder } from "../../support/sandbox.ts";

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

const enter = (guard: ReturnType<typeof createWebGuard>, port: number) => {
  const verdict = guard.check({
    method: "GET",
    target: `/?token=${guard.token}`,
    webSocket: false,
    header: (name) => (name === "host" ? `localhost:${port}` : undefined),
  });
  return verdict.kind === "sign-in" ? (verdict.cookie.split(";")[0] ?? "") : "";
};
const visit = (guard: ReturnType<typeof createWebGuard>, port: number, path: string, cookie: string) =>
  guard.check({
    method: "GET",
    target: path,
    webSocket: false,
    header: (name) => ({ host: `localhost:${port}`, cookie })[name],
  }).kind;

test("a window of before is let in again by the next start with the same key, on the same port alone", () => {
  const key = randomBytes(32);
  const first = createWebGuard(() => PORT, undefined, key);
  const cookie = enter(first, PORT);
  const next = createWebGuard(() => PORT, undefined, key);
  expect(visit(next, PORT, first.path, cookie)).toBe("pass");
  expect(next.prove("nonce")).toBe(first.prove("nonce"));
  expect(next.prove("nonce")).not.toBe(first.prove("another"));
  expect(next.token).not.toBe(first.token);

  const beside = createWebGuard(() => PORT + 1, undefined, key);
  const renamed = cookie.replace(String(PORT), String(PORT + 1));
  expect(visit(beside, PORT + 1, first.path, renamed)).toBe("refuse");
  expect(visit(beside, PORT + 1, beside.path, renamed)).toBe("refuse");
  expect(beside.prove("nonce")).not.toBe(first.prove("nonce"));
  expect(
    visit(
      createWebGuard(() => PORT),
      PORT,
      first.path,
      cookie,
    ),
  ).toBe("refuse");
});

test("the key of the windows is kept for seven days where only this user can read it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "web-session.key");
  const day = 24 * 60 * 60_000;
  const start = Date.now();
  const key = await keptSessionKey(folder.path, start);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await keptSessionKey(folder.path, start + 6 * day)).toEqual(key);
  expect(await keptSessionKey(folder.path, start + 12 * day)).toEqual(key);
  expect(await keptSessionKey(folder.path, start + 20 * day)).not.toEqual(key);

  const open = await keptSessionKey(folder.path);
  await chmod(path, 0o644);
  const next = await keptSessionKey(folder.path);
  expect(next).not.toEqual(open);
  await writeFile(path, "torn");
  expect(await keptSessionKey(folder.path)).not.toEqual(next);
});
