import { test } from "@playwright/test";
import { type LaunchedSandbox, type LaunchedStudio, launchSandbox, launchStudio } from "./launch-studio.ts";
import { type StudioPage, studioPage } from "./studio-page.ts";

type StudioOptions = Parameters<typeof launchStudio>[0] & {
  /** A studio of its own, with an empty data folder, for each test. Default: one for all tests of the file. */
  readonly forEach?: boolean;
};

/** How a spec begins: the studio is launched and its window open before each test, and closed when it is over. */
export function openStudio({ forEach = false, ...options }: StudioOptions = {}): {
  readonly studio: LaunchedStudio;
  readonly app: StudioPage;
} {
  let studio: LaunchedStudio;
  let app: StudioPage;
  const launch = async () => {
    studio = await launchStudio(options);
  };
  const close = () => studio.close();
  if (forEach) {
    test.beforeEach(launch);
    test.afterEach(close);
  } else {
    test.beforeAll(launch);
    test.afterAll(close);
  }
  test.beforeEach(async ({ page }) => {
    app = studioPage(page);
    await app.open(studio.url);
  });
  return { studio: standIn(() => studio), app: standIn(() => app) };
}

/** A sandbox that stands for somebody's server, for all tests of the file. */
export function openServer(options: Parameters<typeof launchSandbox>[0] = {}): LaunchedSandbox {
  let server: LaunchedSandbox;
  test.beforeAll(async () => {
    server = await launchSandbox(options);
  });
  test.afterAll(() => server.close());
  return standIn(() => server);
}

/** Stands for what is there only once a test runs: whatever is asked of it is asked of the one there is by then. */
function standIn<Thing extends object>(now: () => Thing): Thing {
  // It has nothing of its own; every property comes from the real one.
  return new Proxy({} as Thing, { get: (_, name) => Reflect.get(now(), name) });
}
