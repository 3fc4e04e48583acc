import { writeProse } from "../media/prose.ts";
import { flat, type SandboxFamily } from "./family.ts";

export const text: SandboxFamily = {
  usualMs: 6_000,
  fields: {},
  offers: { "openrouter-completion": flat("openrouter", 1000) },
  make: ({ prompt, seed, attachments }) =>
    Promise.resolve({ text: writeProse({ prompt, seed, attachments: attachments.map(({ kind }) => kind) }) }),
};
