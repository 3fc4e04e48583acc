import type { MediaKind } from "../../src/base/media-kind.ts";
import { isPost } from "../../src/engine/record.ts";
import type { GraphIndex } from "../../src/graph/describe/graph-index.ts";
import type { PortType } from "../../src/graph/describe/ports.ts";
import { outputTypes } from "../../src/graph/describe/wires.ts";
import { isMedia, type StepOutput } from "../../src/nodes/definition/work.ts";
import { definitionOf, isNodeType, workKindOf } from "../../src/nodes/definitions.ts";
import { usualRatio } from "./ratio.ts";
import { uploadedFile } from "./uploaded-file.ts";

/** What a step will show before it has made it, so that its card can keep the room. Pure. */
export type ExpectedMedia = {
  readonly kind: MediaKind | "text";
  /** Width by height of a picture or video, where params or inputs tell it. */
  readonly ratio?: number | undefined;
};

/** @param outputsOf what the run on show has made of a node so far. */
export function expectedMedia(
  nodeId: string,
  index: GraphIndex,
  outputsOf: (nodeId: string) => readonly StepOutput[],
): ExpectedMedia | undefined {
  const typeOf = typesOf(index);
  const seen = new Set<string>();

  const of = (id: string): ExpectedMedia | undefined => {
    const node = index.nodes.get(id);
    const description = index.describe(id);
    // A circle of wires has no beginning that could tell.
    if (!node || !description || seen.has(id)) return undefined;
    seen.add(id);
    const made = outputsOf(id)
      .map(({ value }) => value)
      .find(isMedia);
    if (made?.width && made.height) return { kind: made.kind, ratio: ratioOf(made) };
    if (workKindOf(node.type) === "upload") {
      const file = uploadedFile(node);
      return file && { kind: file.kind, ratio: ratioOf(file) };
    }
    const source = () => {
      const from = pictureSource(id, index);
      return from === undefined ? undefined : of(from);
    };
    // A post shows what it sends; a text that a person wrote says in its field what it gives.
    if (isPost(node)) return source();
    const output = description.ports.outputs[0];
    if (!output || (isNodeType(node.type) && definitionOf(node.type).showsOwn)) return undefined;
    const kind = typeOf(id, output.id);
    if (kind === "media") return source();
    if (kind === "text" || kind === "audio") return { kind };
    return { kind, ratio: askedRatio(description.params) ?? source()?.ratio };
  };
  return of(nodeId);
}

/** The node whose picture or video comes in first. */
export function pictureSource(nodeId: string, index: GraphIndex): string | undefined {
  const typeOf = typesOf(index);
  return index.incoming(nodeId).find(({ source, sourceHandle }) => pictured.has(typeOf(source, sourceHandle)))
    ?.source;
}

const pictured: ReadonlySet<PortType> = new Set<PortType>(["image", "video", "media"]);

const known = new WeakMap<GraphIndex, ReturnType<typeof outputTypes>>();

function typesOf(index: GraphIndex): ReturnType<typeof outputTypes> {
  const types = known.get(index) ?? outputTypes(index);
  known.set(index, types);
  return types;
}

function ratioOf(size: { readonly width?: number | undefined; readonly height?: number | undefined }) {
  return size.width && size.height ? usualRatio(size.width / size.height) : undefined;
}

/** The ratio that a model's or an operation's own params ask for; `undefined` where they leave it to the input. */
function askedRatio(params: Readonly<Record<string, unknown>>): number | undefined {
  const own = params["modelParams"] ?? params["params"];
  const asked = own && typeof own === "object" && "aspectRatio" in own ? String(own.aspectRatio) : "";
  const [, width, height] = /^(\d+):(\d+)$/.exec(asked) ?? [];
  return width && height ? usualRatio(Number(width) / Number(height)) : undefined;
}
