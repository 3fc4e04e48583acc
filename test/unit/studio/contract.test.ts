import { getEventIteratorSchemaDetails } from "@orpc/contract";
import { createRouterClient, resolveContractProcedures } from "@orpc/server";
import { expect, test } from "vitest";
import { z } from "zod";
import { contract, type StudioInfo } from "../../../src/studio/contract.ts";
import { createRouter } from "../../../src/studio/router.ts";

/** The schema of each procedure's answer, or of each of its events, by the procedure's name. */
const answers = new Map<string, unknown>();
await resolveContractProcedures({ path: [], router: contract }, ({ path, contract: procedure }) => {
  const { outputSchema } = procedure["~orpc"];
  answers.set(path.join("."), getEventIteratorSchemaDetails(outputSchema)?.yields ?? outputSchema);
});

test("every procedure of the contract describes its answer by a zod schema", () => {
  expect([...answers].filter(([, schema]) => !(schema instanceof z.ZodType))).toEqual([]);
  expect(answers.size).toBeGreaterThan(80);
});

test("no answer drops a field without a word: what its schema does not name it refuses, or keeps", () => {
  const dropping: string[] = [];
  for (const [name, schema] of answers)
    z.toJSONSchema(schema as z.ZodType, {
      io: "input",
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema, path }) => {
        if (zodSchema._zod.def.type === "object" && jsonSchema.additionalProperties === undefined)
          dropping.push([name, ...path].join("."));
      },
    });
  expect(dropping).toEqual([]);
});

/** A client of a studio whose `studio.info` answers this; nothing else of it is asked. */
function clientOf(info: object, checksAnswers: boolean) {
  const rooms = { info: info as StudioInfo, checksAnswers, runs: {}, orders: {} };
  const router = createRouter(rooms as unknown as Parameters<typeof createRouter>[0]);
  return createRouterClient(router, { context: {} });
}

const good: StudioInfo = {
  ...{ version: "1", host: "web", platform: "linux", mediaBase: ".", nativeFiles: false },
};

test.each([
  ["a field that the contract does not know", { ...good, path: "/home/me" }, "path"],
  ["a value of another type", { ...good, version: 1 }, "version"],
  ["a missing field", { host: "web" }, "version"],
])("a checked studio fails a call whose answer has %s, and names it", async (_, info, name) => {
  const { studio } = clientOf(info, true);
  await expect(studio.info()).rejects.toThrow(new RegExp(`studio\\.info.*${name}`, "s"));
});

test("where people work an answer arrives as it is: a run that has started is never told as an error", async () => {
  const info = { ...good, path: "/home/me" };
  const { studio } = clientOf(info, false);
  expect(await studio.info()).toEqual(info);
  expect(await clientOf(good, true).studio.info()).toEqual(good);
});
