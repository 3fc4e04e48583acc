/** How a connection comes about: undici's connectors, with something to wait for before or after. */
import { buildConnector } from "undici";

/**
 * Connects to where the server is now, for one on this machine whose port may change: asked before each connection, and
 * waited for. Until it is known nothing is sent, so a request that ends here was not sent.
 *
 * @param whereNow the server's origin.
 */
export function connectWhere(
  whereNow: () => Promise<string>,
  options: { readonly timeout: number; readonly allowH2: boolean },
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

/**
 * Gives a connection away only when `mayLeave` says yes once it stands, TLS included. Until then no byte of a request
 * is written to it. One that broke meanwhile is an error, as one that never stood.
 */
export function connectIf(
  connect: buildConnector.connector,
  mayLeave: () => Promise<boolean>,
): buildConnector.connector {
  return (target, callback) => {
    connect(target, (...made) => {
      const [error, socket] = made;
      if (error || !socket) {
        callback(...made);
        return;
      }
      mayLeave().then(
        (yes) => {
          if (yes && !socket.destroyed) {
            callback(null, socket);
            return;
          }
          socket.destroy();
          callback(new Error(yes ? "The connection was closed by the server." : "Not to be sent."), null);
        },
        (error: unknown) => {
          socket.destroy();
          callback(error instanceof Error ? error : new Error(String(error)), null);
        },
      );
    });
  };
}
