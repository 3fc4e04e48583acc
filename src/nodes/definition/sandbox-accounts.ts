import { type PublishPlatform, platformNames, platforms } from "../publish/platforms/platforms.ts";

export type SandboxAccount = {
  readonly platform: PublishPlatform;
  readonly accountId: string;
  readonly username: string;
};

/** Accounts that every sandbox has, so graphs that name them run anywhere and may keep them on export. */
export const sandboxAccounts: readonly SandboxAccount[] = platformNames.map((platform) => ({
  platform,
  accountId: platforms[platform].sandboxAccountId,
  username: "catwalk.studio",
}));
