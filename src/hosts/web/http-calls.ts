import { OpenAPIHandler } from "@orpc/openapi/fetch";
import type { AnyRouter } from "@orpc/server";
import { refusedCall } from "./rpc-messages.ts";

/**
 * Answers calls of the contract by plain HTTP, for programs; windows have their socket. `docs/openapi.json` describes them.
 *
 * @param router its context is a `StudioContext`.
 */
export function createHttpCalls(router: AnyRouter) {
  const handler = new OpenAPIHandler(router);
  /** @param request one that the guard let pass, its body within `LARGEST_MESSAGE_BYTES`. @param prefix what stands before `/SUBJECT/VERB`. */
  return async (request: Request, prefix: `/${string}`): Promise<Response> => {
    const text = await request.text();
    const type = request.headers.get("content-type") ?? "";
    if (text !== "" && !/^application\/json\b/i.test(type))
      return new Response("The body of a call is JSON: send Content-Type: application/json.", {
        status: 415,
      });
    const refused = refusedCall(text);
    if (refused) return Response.json(refused, { status: 409 });
    const { method, url, signal } = request;
    const headers = { "content-type": "application/json" };
    const call = new Request(url, { method, headers, signal, ...(text === "" ? {} : { body: text }) });
    const { response } = await handler.handle(call, { prefix, context: {} });
    return response ?? new Response("There is no such call: see docs/openapi.json.", { status: 404 });
  };
}
