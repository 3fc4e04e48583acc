import type { OutputPort, Ports, PortType } from "../../src/graph/describe/ports.ts";
import { fits } from "../../src/graph/describe/wires.ts";
import type { Catalogue, CatalogueModel } from "../../src/nodes/definition/catalogue.ts";
import type { NodeFamily } from "../../src/nodes/definition/definition.ts";
import { definitionOf, freshParams, type NodeType, nodeTypes } from "../../src/nodes/definitions.ts";
import { type Findable, rank } from "../ui/rank.ts";

/** One thing a person can add: a node type, or a node type with its first param already chosen. */
export type PaletteEntry = {
  readonly id: string;
  readonly type: NodeType;
  readonly params: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly description: string;
  readonly family: NodeFamily;
  readonly keywords: readonly string[];
  /** Shown in the drawer; the rest is found by searching. */
  readonly common: boolean;
  /** Why it cannot be added: the server has no model for it. */
  readonly missing?: string;
};

function entry(type: NodeType, given: Partial<PaletteEntry> = {}): PaletteEntry {
  const { title, description, family, keywords } = definitionOf(type);
  return { id: type, type, params: {}, title, description, family, keywords, common: true, ...given };
}

/** All that can be added anywhere: each type, or in its place what it is offered as. */
export const paletteEntries: readonly PaletteEntry[] = nodeTypes.flatMap(
  (type) =>
    definitionOf(type).variants?.map(({ id, ...variant }) =>
      entry(type, { ...variant, id: `${type}:${id}` }),
    ) ?? [entry(type)],
);

/** Work that only some models do. Another model would be paid for something else, so a family never stands for it. */
type Task = {
  readonly title: string;
  readonly words: readonly string[];
  /** Finds the models for it by key and label. A description may say that a model does not do it. */
  readonly isIn: RegExp;
};

const tasks: readonly Task[] = [
  {
    title: "Remove background",
    words: ["remove background", "background removal", "bg removal", "transparent background"],
    isIn: /\b(bg|background)[\s_-]*(remov|cut)|remov\w*[\s_-](?:\w+[\s_-])?(bg|background)|\brembg\b/i,
  },
  {
    title: "Upscale",
    words: ["upscale", "enlarge", "sharpen", "super resolution"],
    isIn: /upscal|super[\s_-]?resolution/i,
  },
  {
    title: "Lip sync",
    words: ["lip sync", "talking head", "dub"],
    isIn: /lip[\s_-]?sync/i,
  },
  {
    title: "Vectorise",
    words: ["vectorise", "vectorize", "svg", "trace"],
    isIn: /vectori[sz]e/i,
  },
  {
    title: "Brand style",
    words: ["style", "brand style", "look"],
    isIn: /brand[\s_-]?style/i,
  },
];

const isFor = ({ isIn }: Task, { key, label }: CatalogueModel): boolean => isIn.test(key) || isIn.test(label);

const wordsFor = (model: CatalogueModel): readonly string[] =>
  tasks.filter((task) => isFor(task, model)).flatMap(({ words }) => words);

/**
 * All that can be added where these models are: each model is found by its own name and by the work it is made for.
 * Work that no model here does is listed with that.
 */
export function entriesWith({ models }: Catalogue): readonly PaletteEntry[] {
  return [
    ...paletteEntries,
    ...models.map((model) =>
      entry("generate", {
        id: `generate:${model.family}:${model.key}`,
        params: { family: model.family, model: model.key },
        title: model.label,
        description: model.description,
        keywords: [...wordsFor(model), model.key, "model", "generate"],
        common: false,
      }),
    ),
    ...tasks
      .filter((task) => !models.some((model) => isFor(task, model)))
      .map(({ title, words }) =>
        entry("generate", {
          id: `missing:${title}`,
          title,
          description: "",
          keywords: words,
          common: false,
          missing: "No model for that here.",
        }),
      ),
  ];
}

/** How a list that is searched sees an entry. */
export function findable({ id, title, keywords, description, missing }: PaletteEntry): FindableEntry {
  return {
    ...{ id: `add:${id}`, name: title, also: keywords, about: description, changes: true },
    ...(missing ? { disabled: true, why: missing } : {}),
  };
}

type FindableEntry = Findable & { readonly why?: string };

/** The entries that can be added and are meant, best first, or the common ones while nothing is typed. */
export function findEntries(
  entries: readonly PaletteEntry[],
  search: string,
  recent: readonly string[] = [],
): readonly PaletteEntry[] {
  if (search.trim() === "") return entries.filter(({ common }) => common);
  const { found } = rank(
    entries.filter(({ missing }) => !missing).map((each) => ({ ...findable(each), entry: each })),
    search,
    recent,
  );
  return found.map((each) => each.entry);
}

export const familyTitles: Readonly<Record<NodeFamily, string>> = {
  input: "Input",
  generate: "Generate",
  edit: "Edit",
  output: "Output",
  layout: "Layout",
};

export function freshPorts(entry: PaletteEntry, catalogue: Catalogue): Ports {
  const definition = definitionOf(entry.type);
  return definition.ports(
    definition.params.parse(freshParams(entry.type, catalogue, entry.params)),
    catalogue,
  );
}

/** The end of a wire that hangs in the air. */
export type LooseEnd = { readonly side: "source" | "target"; readonly type: PortType };

/** The first port of a fresh node that the wire could go to. */
export function portFor(entry: PaletteEntry, end: LooseEnd, catalogue: Catalogue): string | undefined {
  const ports = freshPorts(entry, catalogue);
  if (end.side === "source") return ports.inputs.find((port) => fits(end.type, port))?.id;
  return ports.outputs.find((port) => fits(outputType(port), { type: end.type }))?.id;
}

const outputType = ({ type }: OutputPort): PortType => (typeof type === "string" ? type : "media");
