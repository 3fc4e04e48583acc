import { LARGEST_MESSAGE_BYTES, type Refusal } from "../../src/studio/contract.ts";

/** A message was not sent, because the studio would close the line on it. */
export class TooLargeToSend extends Error {
  readonly refusal: Refusal = {
    code: "too-large",
    message: `It is larger than the ${inMegabytes(LARGEST_MESSAGE_BYTES)} MB that a window can send at once.`,
    remedy: "Graphs hold no media: remove embedded data, or split the graph into several.",
  };
}

/** Makes a socket refuse what the other side would close it for. */
export function refuseLargeMessages(socket: Pick<WebSocket, "send">): void {
  const send = socket.send.bind(socket);
  socket.send = (data) => {
    if (typeof data === "string" && isTooLarge(data)) throw new TooLargeToSend();
    send(data);
  };
}

/** A character is one to three bytes of UTF-8; only between these bounds is it worth to count. */
function isTooLarge(text: string): boolean {
  if (text.length * 3 <= LARGEST_MESSAGE_BYTES) return false;
  return text.length > LARGEST_MESSAGE_BYTES || new TextEncoder().encode(text).length > LARGEST_MESSAGE_BYTES;
}

export function inMegabytes(bytes: number): string {
  return Math.round(bytes / 1024 ** 2).toLocaleString("en");
}
