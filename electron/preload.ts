import { ipcRenderer } from "electron";

/**
 * Hands the window one MessagePort to the studio, each time it asks (a reload asks again), and nothing else.
 * The window asks with `{ type: "catwalk:ask-port" }` and gets `{ type: "catwalk:port" }` with the port.
 */
window.addEventListener("message", (event) => {
  if (event.source === window && event.data?.type === "catwalk:ask-port") ipcRenderer.send("studio:ask-port");
});

ipcRenderer.on("studio:port", (event) => {
  window.postMessage({ type: "catwalk:port" }, window.location.origin, [...event.ports]);
});
