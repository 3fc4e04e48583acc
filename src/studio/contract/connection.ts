import { z } from "zod";
import { base, refusal } from "./base.ts";
import { answer, type Shape } from "./shape.ts";

export const serverChoiceSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("sandbox") }),
    z.strictObject({ kind: z.literal("live") }),
    z.strictObject({ kind: z.literal("custom"), url: z.url() }),
  ])
  .meta({ id: "ServerChoice" });
export type ServerChoice = z.infer<typeof serverChoiceSchema>;

export const connection = z
  .strictObject({
    server: serverChoiceSchema,
    /** "Sandbox", "Live" or the host of a custom server. */
    label: z.string(),
    origin: z.string(),
    isSandbox: z.boolean(),
    state: z.enum(["connecting", "ready", "unreachable", "refused"]),
    /** Why it is not ready, with what to do. */
    problem: refusal.exactOptional(),
    account: z
      .strictObject({
        accountId: z.string(),
        email: z.string().exactOptional(),
        plan: z.string().exactOptional(),
      })
      .exactOptional(),
    balance: z.string().exactOptional(),
    /** Never the key itself. */
    key: z
      .strictObject({ lastFour: z.string(), source: z.enum(["environment", "stored", "sandbox"]) })
      .exactOptional(),
    /** Where a stored key lies, in words. */
    keyStorage: z.string(),
  })
  .meta({ id: "Connection" });
export type Connection = Shape<typeof connection>;

const told = base.output(answer(connection));

export const connectionContract = {
  /** The chosen server, and how we stand with it. */
  get: told,
  /** Uses this server from now on; runs that go on stay where they were started. */
  choose: told.input(z.object({ server: serverChoiceSchema })),
  /** Looks again: reachable, account, balance, catalogue. */
  refresh: told,
  /** Stores a key for the chosen server's origin. There is no way to read it back. */
  setKey: told.input(z.object({ key: z.string().trim().min(1).max(500) })),
  /** Forgets the stored key of the chosen server's origin. */
  clearKey: told,
};
