import { expect, test } from "vitest";
import { refuseLargeMessages, TooLargeToSend } from "../../app/stores/message-limit.ts";
import { LARGEST_MESSAGE_BYTES } from "../../src/studio/contract.ts";

function socket() {
  const sent: unknown[] = [];
  const line = { send: (data: unknown) => void sent.push(data) };
  refuseLargeMessages(line);
  return { line, sent };
}

test("a message that the studio would end the line for is not sent, counted in bytes", () => {
  const { line, sent } = socket();
  const most = LARGEST_MESSAGE_BYTES;
  line.send("x".repeat(most));
  line.send("é".repeat(most / 2));
  expect(sent).toHaveLength(2);
  expect(() => line.send("x".repeat(most + 1))).toThrow(TooLargeToSend);
  expect(() => line.send("é".repeat(most / 2 + 1))).toThrow(TooLargeToSend);
  expect(sent).toHaveLength(2);
});

test("the refusal says what is too large, and what to do", () => {
  expect(new TooLargeToSend().refusal).toMatchObject({
    code: "too-large",
    message: expect.stringContaining("32 MB"),
    remedy: expect.stringContaining("embedded data"),
  });
});
