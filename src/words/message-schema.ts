import { z } from "zod";
import type { Message } from "./message.ts";

/** A message as it arrives from elsewhere. An id that this version does not know is said as such. */
export const messageSchema = z
  .strictObject({ id: z.string(), values: z.record(z.string(), z.unknown()).exactOptional() })
  // What the values may be is the business of the text.
  .meta({
    id: "Message",
    description: "A text before a language is chosen: an id and its values.",
  }) as unknown as z.ZodType<Message, Message>;
