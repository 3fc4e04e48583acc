import { z } from "zod";
import { image, operation } from "../../src/editing/operations/operation.ts";
import { editOperations } from "../../src/editing/operations.ts";

/** An edit with two results that only tests have. Its name is not among the types of the real ones. */
export const HALVES = "halves";

const halves = operation({
  operation: HALVES,
  label: "Halves",
  description: "Cuts a picture into its left and its right half.",
  endpoint: "image",
  slots: [image(0, "Image")],
  output: "image",
  outputs: [
    { port: "left", label: "Left half", kind: "image", key: "leftHalf" },
    { port: "right", label: "Right half", kind: "image", key: "rightHalf" },
  ],
  params: z.object({}),
});

/** For the rest of this process. */
export function addHalves(): void {
  Object.assign(editOperations, { [HALVES]: halves });
}
