import type { PublishPlatform } from "../../wondercat/types.ts";

export type SandboxAccount = {
  readonly platform: PublishPlatform;
  readonly accountId: string;
  readonly username: string;
};

/** Accounts that every sandbox has, so graphs that name them run anywhere and may keep them on export. */
export const sandboxAccounts: readonly SandboxAccount[] = [
  { platform: "instagram", accountId: "5a9db0c5-1111-4000-8000-00000000c001", username: "catwalk.studio" },
  { platform: "tiktok", accountId: "5a9db0c5-2222-4000-8000-00000000c002", username: "catwalk.studio" },
];
