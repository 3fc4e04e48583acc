import { type MediaKind, mediaKinds } from "../../base/media-kind.ts";
import type { Said } from "../../words/message.ts";
import type { ProblemCode } from "../document/problems.ts";
import type { Graph, GraphEdge } from "../document/schema.ts";
import { type DescribeNode, titleOf } from "./describe.ts";
import { type GraphIndex, indexGraph, reach } from "./graph-index.ts";
import type { InputPort, OutputPort, PortType } from "./ports.ts";

/** What may flow: a set, because an Upload without a file or an unwired overlay can still be several kinds. */
type Flow = MediaKind | "text";

function flowsOf(port: Pick<InputPort, "type" | "kinds">): readonly Flow[] {
  return port.type === "media" ? (port.kinds ?? mediaKinds) : [port.type];
}

function typeOf(flows: readonly Flow[]): PortType {
  return flows.length === 1 && flows[0] ? flows[0] : "media";
}

/**
 * Whether an output of one type may be wired to an input. `media` as an output means "not known yet" and fits every
 * media input; what really flows is checked again once it is known.
 */
export function fits(from: PortType, to: Pick<InputPort, "type" | "kinds">): boolean {
  return flowsOf({ type: from }).some((flow) => flowsOf(to).includes(flow));
}

type WireEnd = "source" | "sourceHandle" | "target" | "targetHandle";

/** A wire about to be made. Handles are `null` while a person drags over a node and no port. */
export type Connection = {
  readonly source: string;
  readonly target: string;
  readonly sourceHandle?: string | null;
  readonly targetHandle?: string | null;
};

export type CanConnect =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** One or two sentences for the person. */
      readonly reason: string;
      /** The wire that holds the port: without it this connection would be fine. */
      readonly replaces?: string;
    };

/** Whether a wire may be made, and if not, why. What it allows, `validate` does not call wrong. */
export function canConnect(graph: Graph, describe: DescribeNode, connection: Connection): CanConnect {
  const index = indexGraph(graph, describe);
  const no = (reason: string): CanConnect => ({ ok: false, reason });
  const { source, target, sourceHandle, targetHandle } = connection;
  const [sourceNode, targetNode] = [index.nodes.get(source), index.nodes.get(target)];
  if (!sourceNode || !targetNode) return no("One of the two nodes is gone.");
  if (source === target) return no("A node cannot be wired to itself.");
  for (const node of [sourceNode, targetNode])
    if (!index.describe(node.id))
      return no(`The node type “${node.type}” is not known here, so its ports are not either.`);
  const output = outputPort(index, source, sourceHandle);
  if (!output) return no(`${nameOf(index, source)} has no such output.`);
  const input = inputPort(index, target, targetHandle);
  if (!input) return no(`${nameOf(index, target)} has no such input.`);
  const mismatch = mismatchOf(outputFlows(index)(source, output.id), input);
  if (mismatch) return no(mismatch);
  const wires = index.incoming(target).filter((edge) => edge.targetHandle === input.id);
  if (wires.some((edge) => edge.source === source && edge.sourceHandle === output.id))
    return no("These two are wired already.");
  if (reach([target], (id) => index.outgoing(id).map((edge) => edge.target)).has(source))
    return no("This wire would close a circle, and a circle never starts.");
  if (input.list) {
    if (wires.length >= input.list.max)
      return no(`${input.label} takes at most ${input.list.max}. Remove a wire first.`);
  } else if (wires[0]) {
    const replaces = wires[0].id;
    const edges = graph.edges.filter((edge) => edge.id !== replaces);
    const instead = canConnect({ ...graph, edges }, describe, connection);
    if (!instead.ok) return instead;
    return {
      ok: false,
      reason: `${input.label} has a wire already. Remove it, or replace it with this one.`,
      replaces,
    };
  }
  const narrowed = narrowedBy(index, { source, sourceHandle: output.id, target, targetHandle: input.id });
  return narrowed ? no(narrowed) : { ok: true };
}

/**
 * A wire can make outputs further down definite (a text overlay gives back what it gets). The first wire down there
 * that would stop fitting, in words.
 */
function narrowedBy(index: GraphIndex, wire: Readonly<Record<WireEnd, string>>): string | undefined {
  const passesOn = index.describe(wire.target)?.ports.outputs.some((port) => typeof port.type === "object");
  if (!passesOn) return undefined;
  const before = new Set(wireFaults(index).map((fault) => fault.edge.id));
  const edges = [...index.graph.edges, { ...wire, id: "\u0000about to be made" }];
  const after = indexGraph({ ...index.graph, edges }, (node) => index.describe(node.id));
  const fault = wireFaults(after).find(
    ({ edge, code }) => code === "wrong-port-type" && !before.has(edge.id),
  );
  return fault && `A wire further down would no longer fit: ${fault.message}`;
}

/** Something that keeps a wire from carrying anything. */
export type WireFault = {
  readonly edge: GraphEdge;
  readonly code: Extract<ProblemCode, "broken-edge" | "wrong-port-type" | "too-many-inputs">;
  readonly message: Said;
  readonly remedy: Said;
};

/** Wires to show as broken: they stay in the document and heal when their port returns. */
export function brokenEdges(graph: Graph, describe: DescribeNode): readonly WireFault[] {
  return wireFaults(indexGraph(graph, describe));
}

/** Faults in document order. A wire at a node of unknown type has none: nobody can say. */
export function wireFaults(index: GraphIndex): WireFault[] {
  const faults: WireFault[] = [];
  const flows = outputFlows(index);
  const taken = new Map<string, Map<string, number>>();
  for (const edge of index.graph.edges) {
    const fault = faultOf(index, edge, flows);
    if (fault) faults.push({ edge, ...fault });
    else {
      const ports = taken.get(edge.target) ?? new Map<string, number>();
      taken.set(edge.target, ports.set(edge.targetHandle, (ports.get(edge.targetHandle) ?? 0) + 1));
      const port = inputPort(index, edge.target, edge.targetHandle);
      const max = port?.list?.max ?? 1;
      if (port && (ports.get(port.id) ?? 0) > max)
        faults.push({
          edge,
          code: "too-many-inputs",
          message: `${port.label} of ${nameOf(index, edge.target)} takes ${max === 1 ? "one wire" : `at most ${max} wires`}, this is one more.`,
          remedy: "Remove a wire.",
        });
    }
  }
  return faults;
}

function faultOf(
  index: GraphIndex,
  edge: GraphEdge,
  flows: OutputFlows,
): Omit<WireFault, "edge"> | undefined {
  const broken = (message: Said, remedy: Said) => ({ code: "broken-edge", message, remedy }) as const;
  if (!index.nodes.has(edge.source))
    return broken("A wire comes from a node that is not in the graph.", "Remove the wire.");
  if (!index.nodes.has(edge.target))
    return broken("A wire leads to a node that is not in the graph.", "Remove the wire.");
  const output = outputPort(index, edge.source, edge.sourceHandle);
  if (index.describe(edge.source) && !output)
    return broken(
      `A wire comes from ${nameOf(index, edge.source)}, which has no output “${edge.sourceHandle}” now.`,
      "Remove the wire, or change the node back so that the port returns.",
    );
  const input = inputPort(index, edge.target, edge.targetHandle);
  if (index.describe(edge.target) && !input)
    return broken(
      `A wire leads to ${nameOf(index, edge.target)}, which has no input “${edge.targetHandle}” now.`,
      "Remove the wire, or change the node back so that the port returns.",
    );
  const mismatch = output && input && mismatchOf(flows(edge.source, output.id), input);
  if (!mismatch) return undefined;
  return {
    code: "wrong-port-type",
    message: mismatch,
    remedy: `Wire ${inWords(flowsOf(input))} to ${input.label} of ${nameOf(index, edge.target)}.`,
  };
}

type OutputFlows = (nodeId: string, portId: string) => readonly Flow[];

/**
 * What each output may give, following `sameAs` up the wires. Answers are kept, so asking for every output of a
 * graph takes linear time; a circle of `sameAs` ports stays undecided.
 */
function outputFlows(index: GraphIndex): OutputFlows {
  const known = new Map<string, readonly Flow[]>();
  return (nodeId, portId) => {
    // Down: collect the chain of ports that pass something through; up: each keeps what it and its source allow.
    const chain: { readonly key: string; readonly allowed: readonly Flow[] }[] = [];
    const visited = new Set<string>();
    let [node, port] = [nodeId, portId];
    let flows: readonly Flow[] | undefined;
    while (!flows) {
      const key = `${node.length}:${node}${port}`;
      const output = outputPort(index, node, port);
      if (known.has(key)) flows = known.get(key);
      else if (visited.has(key) || !output) flows = [...mediaKinds, "text"];
      else if (typeof output.type === "string") flows = flowsOf({ type: output.type });
      else {
        visited.add(key);
        const { sameAs } = output.type;
        const input = inputPort(index, node, sameAs);
        chain.push({ key, allowed: input ? flowsOf(input) : mediaKinds });
        const wire = index.incoming(node).find((edge) => edge.targetHandle === sameAs);
        if (wire && input) [node, port] = [wire.source, wire.sourceHandle];
        else flows = [...mediaKinds, "text"];
      }
    }
    for (const { key, allowed } of chain.reverse()) {
      const both: readonly Flow[] = flows.filter((flow) => allowed.includes(flow));
      // A wire that does not fit says nothing about what flows on: it is reported at its own place.
      flows = both.length > 0 ? both : allowed;
      known.set(key, flows);
    }
    return flows;
  };
}

/** The type of an output as far as the graph tells it; `media` when it can still be several kinds. */
export function outputType(graph: Graph, describe: DescribeNode, nodeId: string, portId: string): PortType {
  return typeOf(outputFlows(indexGraph(graph, describe))(nodeId, portId));
}

/** As `outputType`, for many outputs of one graph. */
export function outputTypes(index: GraphIndex): (nodeId: string, portId: string) => PortType {
  const flows = outputFlows(index);
  return (nodeId, portId) => typeOf(flows(nodeId, portId));
}

function outputPort(
  index: GraphIndex,
  nodeId: string,
  portId: string | null | undefined,
): OutputPort | undefined {
  return index.describe(nodeId)?.ports.outputs.find((port) => port.id === portId);
}

function inputPort(
  index: GraphIndex,
  nodeId: string,
  portId: string | null | undefined,
): InputPort | undefined {
  return index.describe(nodeId)?.ports.inputs.find((port) => port.id === portId);
}

/** A node as a sentence names it. */
export function nameOf(index: GraphIndex, nodeId: string): string {
  const node = index.nodes.get(nodeId);
  return node ? `“${titleOf(node, index.describe(nodeId))}”` : "a missing node";
}

function mismatchOf(from: readonly Flow[], input: InputPort): string | undefined {
  const to = flowsOf(input);
  if (from.some((flow) => to.includes(flow))) return undefined;
  const what = inWords(from, "plain");
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} does not fit ${input.label}. It takes ${inWords(to)}.`;
}

const withArticle: Readonly<Record<Flow, string>> = {
  image: "an image",
  video: "a video",
  audio: "audio",
  text: "text",
};

/** "an image or a video"; plain: "image or video". */
function inWords(flows: readonly Flow[], style: "article" | "plain" = "article"): string {
  const words = flows.map((flow) => (style === "article" ? withArticle[flow] : flow));
  const last = words.at(-1) ?? "nothing";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${last}` : last;
}
