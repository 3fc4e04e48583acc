import { isJsonObject, type JsonObject } from "../../base/json-object.ts";

/** Every older version opens: one numbered step per version, each taking a document one version up. Pure. */

export type Migration = {
  /** The version it reads; it writes the next one. */
  readonly from: number;
  /** What changed, in one sentence. */
  readonly change: string;
  migrate(document: JsonObject): JsonObject;
};

/**
 * Joins steps into one function from any older version to the current one.
 *
 * @throws Error at load if a version has no step, or steps are out of order: a bug of ours, never a person's file.
 */
export function createMigrator(
  steps: readonly Migration[],
  currentVersion: number,
): (document: JsonObject, version: number) => JsonObject {
  steps.forEach((step, index) => {
    if (step.from !== index)
      throw new Error(`Migration ${index} reads version ${step.from}; it must read ${index}.`);
  });
  if (steps.length !== currentVersion)
    throw new Error(
      `Version ${currentVersion} needs ${currentVersion} migrations, there are ${steps.length}.`,
    );
  return (document, version) => steps.slice(version).reduce((doc, step) => step.migrate(doc), document);
}

/**
 * Version 0, the sketch before React Flow's shape:
 * `{ format, version: 0, id, title, camera?: { x, y, zoom }, nodes: [{ id, kind, x, y, label?, settings? }],
 * wires: [{ from: "node:port", to: "node:port" }] }`. It had a node kind per family (`image`, `video`, `music`,
 * `speech`), named the model `settings.model`, and had no ids for wires.
 */
const flatNodesToReactFlow: Migration = {
  from: 0,
  change: "Nodes, wires and camera take React Flow's shape; a kind per family becomes one Generate node.",
  migrate({ title, camera, nodes, wires, ...rest }) {
    return {
      ...rest,
      version: 1,
      name: title,
      nodes: Array.isArray(nodes) ? nodes.map(nodeFrom0) : nodes,
      edges: Array.isArray(wires) ? wires.map(edgeFrom0) : (wires ?? []),
      viewport: camera ?? { x: 0, y: 0, zoom: 1 },
    };
  },
};

const generateKinds0: readonly unknown[] = ["image", "video", "music", "speech"];

function nodeFrom0(node: unknown): unknown {
  if (!isJsonObject(node)) return node;
  const { kind, x, y, label, settings, ...rest } = node;
  const old = isJsonObject(settings) ? settings : {};
  const title = label === undefined ? {} : { title: label };
  const position = { x, y };
  if (!generateKinds0.includes(kind))
    return { ...rest, type: kind, position, data: { ...title, params: old } };
  const { model, prompt, ...modelParams } = old;
  const params = {
    family: kind,
    ...(model === undefined ? {} : { model }),
    ...(prompt === undefined ? {} : { prompt }),
    modelParams,
  };
  return { ...rest, type: "generate", position, data: { ...title, params } };
}

function edgeFrom0(wire: unknown, index: number): unknown {
  if (!isJsonObject(wire)) return wire;
  const { from, to, ...rest } = wire;
  const [source, sourceHandle] = endFrom0(from);
  const [target, targetHandle] = endFrom0(to);
  return { ...rest, id: `wire-${index + 1}`, source, sourceHandle, target, targetHandle };
}

/** `node:port`; node ids of version 0 held no colon. What is no string is left for the schema to name. */
function endFrom0(end: unknown): [unknown, unknown] {
  if (typeof end !== "string") return [end, undefined];
  const colon = end.lastIndexOf(":");
  return colon < 0 ? [end, "out"] : [end.slice(0, colon), end.slice(colon + 1)];
}

export const migrations: readonly Migration[] = [flatNodesToReactFlow];
