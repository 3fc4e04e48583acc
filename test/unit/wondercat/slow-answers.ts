/** A server in a thread of its own, which answers a create while the thread that asked is stopped. */
import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/** 1: the request is here. 2: it may be answered. 3: the answer is written. */
const stage = new Int32Array(workerData);

function reach(value: number): void {
  Atomics.store(stage, 0, value);
  Atomics.notify(stage, 0);
}

const server = createServer((_request, response) => {
  reach(1);
  Atomics.wait(stage, 0, 1);
  response.writeHead(201, { "content-type": "application/json" });
  response.end('{"inferenceJobId":"job-1"}', () => reach(3));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === "object" ? address?.port : undefined);
});
