import { english } from "./english.ts";
import type { Said } from "./message.ts";

/** An error that a person is told of in their language. Its own `message` is English, for logs and reports. */
export class Told extends Error {
  readonly said: Said;

  constructor(said: Said, options?: ErrorOptions) {
    super(english.say(said), options);
    this.said = said;
  }
}

/** What an error says to a person; one that is not ours is told as it is. */
export function saidIn(error: unknown): Said {
  if (error instanceof Told) return error.said;
  return error instanceof Error ? error.message : String(error);
}
