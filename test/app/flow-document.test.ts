import { expect, test } from "vitest";
import { followDrawn } from "../../app/canvas/flow-document.ts";
import { graphStore } from "../../app/stores/graph.ts";
import { graphViewStore } from "../../app/stores/graph-view.ts";
import { graphOf, nodeOf } from "../support/graph-builders.ts";

type Drawn = Parameters<Parameters<Parameters<typeof followDrawn>[0]>[0]>[0];

test("a wire is announced by the titles of a new catalogue at once, without an edit", () => {
  const graph = graphOf([nodeOf("words", "prompt"), nodeOf("out", "save")], ["words.text > out.files"]);
  graphStore.getState().open(graph, { unsaved: false });
  let drawn: Drawn = { nodes: [], edges: [] };
  const stop = followDrawn((draw) => {
    drawn = draw(drawn);
  });
  expect(drawn.edges.map(({ ariaLabel }) => ariaLabel)).toEqual(["Wire from “Prompt” to “Save”"]);
  const { describe } = graphViewStore.getState();
  graphViewStore.setState({
    describe: (node) => {
      const description = describe(node);
      return description && { ...description, title: `New ${description.title}` };
    },
  });
  expect(drawn.edges.map(({ ariaLabel }) => ariaLabel)).toEqual(["Wire from “New Prompt” to “New Save”"]);
  stop();
});
