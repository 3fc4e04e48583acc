import { buildConnector } from "undici";

/**
 * Connects to where the server is now, for one on this machine whose port may change: asked before each connection, and
 * waited for. Until it is known nothing is sent, so a request that ends here was not sent.
 *
 * @param whereNow the server's origin.
 */
export function connectWhere(
  whereNow: () => Promise<string>,
  options: { readonly timeout: number },
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    whereNow().then(
      (origin) => {
        const { hostname, host, port, protocol } = new URL(origin);
        connect({ ...target, hostname, host, port, protocol }, callback);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}
