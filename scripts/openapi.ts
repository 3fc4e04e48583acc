import { globSync, readFileSync } from "node:fs";
import { OpenAPIGenerator } from "@orpc/openapi";
import { parseSync } from "oxc-parser";
import { z } from "zod";
import manifest from "../package.json" with { type: "json" };
import { contract } from "../src/studio/contract.ts";

/** Written for the readers of `docs/openapi.json`. */
const introduction = `What Catwalk's window asks of the studio, for other programs of the same person.

1. Start \`catwalk serve --no-open\`. It prints \`listening http://127.0.0.1:PORT/?token=TOKEN\`.
2. Send \`GET\` to that address. The answer has a cookie, and as \`Location\` the secret path that every address begins with.
3. A call is \`POST http://127.0.0.1:PORT/SECRET/api/SUBJECT/VERB\` with the cookie, the headers \`Origin: http://127.0.0.1:PORT\` and \`Content-Type: application/json\`, and the input as its body. A call without an input has no body.

| status | meaning |
| --- | --- |
| 200 | Done. Without a body: a command was carried out, or there is none of what was asked for. |
| 400 | The body is not of the form below. Nothing was done. |
| 401, 403 | Not signed in, or without the header Origin. Nothing was done. |
| 409 | Refused; the body says why and what to do. |
| 422 | The graph has problems, which the body lists. |
| 500 | A mistake of Catwalk's own. A command may have been carried out. |

A run that spends starts with the handle of its preflight. When the answer to a start is lost, look at \`runs/list\` before you start anything again.`;

/** The contract as an OpenAPI document, in JSON. Each named schema stands in it once. */
export async function openApiText(): Promise<string> {
  const schemas: Record<string, unknown> = {};
  const responses: Record<string, unknown> = {};
  const generator = new OpenAPIGenerator({
    schemaConverters: [
      {
        condition: (schema) => schema instanceof z.ZodType,
        convert(schema, { strategy }) {
          if (!(schema instanceof z.ZodType) || schema instanceof z.ZodVoid) return [true, {}];
          // Answers have no defaults, so they are the same on both sides.
          const { $schema: _, $defs = {}, ...json } = z.toJSONSchema(schema, { io: "input" });
          Object.assign(schemas, $defs);
          const isOptional = schema.safeParse(undefined).success;
          // The two libraries type the same JSON differently.
          if (strategy === "input" || !isOptional) return [!isOptional, json as object];
          return [true, { ...(json as object), description: "Without a body where there is none." }];
        },
      },
    ],
  });
  const { paths = {}, ...head } = await generator.generate(contract, {
    info: {
      ...{ title: "Catwalk", version: manifest.version, description: introduction },
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{ session: [] }],
    servers: [
      {
        url: "http://127.0.0.1:{port}/{secret}/api",
        variables: { port: { default: "4173" }, secret: { default: "SECRET" } },
      },
    ],
    customErrorResponseBodySchema(
      definitions: readonly (readonly [code: string, message: string, hasData: boolean, data: unknown])[],
      status: number,
    ) {
      for (const [code, description, , data] of definitions) {
        const fixed = { defined: { const: true }, code: { const: code }, status: { const: status } };
        const properties = { ...fixed, message: { type: "string" }, data };
        const schema = { type: "object", properties, required: Object.keys(properties) };
        responses[status] = { description, content: { "application/json": { schema } } };
      }
      return {};
    },
  });
  const words = describedProcedures();
  for (const [path, item] of Object.entries(paths)) {
    const [, subject = "", verb = ""] = path.split("/");
    const operation = item?.post;
    if (!operation) throw new Error(`${path} is no POST.`);
    const description = words.get(`${subject}.${verb}`);
    Object.assign(operation, { tags: [subject], ...(description && { description }) });
    for (const status of Object.keys(responses))
      Object.assign(operation.responses ?? {}, { [status]: { $ref: `#/components/responses/${status}` } });
  }
  const byName = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  const session = { type: "apiKey", in: "cookie", name: "catwalk-PORT" };
  const components = { securitySchemes: { session }, responses, schemas: byName };
  const document = { ...head, components, paths };
  return `${JSON.stringify(document, undefined, 1).replaceAll('"#/$defs/', '"#/components/schemas/')}\n`;
}

/** What the contract's comments say of each procedure, by its name, such as `runs.start`. */
function describedProcedures(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync("src/studio/contract/*.ts")) {
    const text = readFileSync(file, "utf8");
    const { program, comments } = parseSync(file, text);
    for (const statement of program.body) {
      if (
        statement.type !== "ExportNamedDeclaration" ||
        statement.declaration?.type !== "VariableDeclaration"
      )
        continue;
      for (const { id, init } of statement.declaration.declarations) {
        if (id.type !== "Identifier" || !id.name.endsWith("Contract") || init?.type !== "ObjectExpression")
          continue;
        for (const property of init.properties) {
          if (property.type !== "Property" || property.key.type !== "Identifier") continue;
          const { start } = property;
          const comment = comments.find(
            ({ type, end }) => type === "Block" && end < start && text.slice(end, start).trim() === "",
          );
          if (comment)
            found.set(`${id.name.replace("Contract", "")}.${property.key.name}`, plain(comment.value));
        }
      }
    }
  }
  return found;
}

function plain(comment: string): string {
  return comment
    .replaceAll(/^\s*\*\s?|\s+$/gm, "")
    .replaceAll("\n", " ")
    .trim();
}
