import { editEndpoint, editOutputs, isEditOperation } from "../../editing/operations.ts";
import { type Executor, isMedia, textOf } from "../definition/work.ts";
import { type EditParams, editSpec } from "./definition.ts";

export const executeEdit: Executor<EditParams> = ({ operation, via, text, params }, inputs) => {
  const spec = editSpec(operation);
  if (!spec || !isEditOperation(operation))
    return {
      kind: "impossible",
      message: `There is no edit operation “${operation}”.`,
      remedy: "Choose another operation.",
    };
  const media = spec.slots.flatMap(({ id }) => {
    const value = inputs[id]?.find(isMedia);
    return value ? [{ slot: id, media: value }] : [];
  });
  const first = media[0];
  if (!first)
    return {
      kind: "impossible",
      message: `Nothing arrived at ${spec.label}.`,
      remedy: "Wire a node to its input.",
    };
  const words = textOf(inputs["text"]) ?? text;
  if (spec.text && words.trim() === "")
    return {
      kind: "impossible",
      message: "The text is empty.",
      remedy: "Write it on the card, or wire a text.",
    };
  const [firstOutput, ...moreOutputs] = editOutputs(spec);
  return {
    kind: "edit",
    operation,
    endpoint: editEndpoint(operation, first.media.kind),
    inputs: media,
    params,
    ...(spec.text ? { text: words } : {}),
    via,
    outputs: [firstOutput, ...moreOutputs],
  };
};
