/** What a host supplies to the studio, and what it meets of it. */
export { writeFileAtomically } from "./ground/atomic-file.ts";
export type { FileDialogs, GraphWithFolder, Spawn, StudioOptions } from "./ground/options.ts";
export { InvalidGraph, Refused } from "./ground/refused.ts";
export { createSecretFile } from "./ground/secret-file.ts";
export type { SecretStore } from "./ground/secrets.ts";
export type { Headless, HeadlessResumeRequest, HeadlessRun } from "./headless/headless-runs.ts";
