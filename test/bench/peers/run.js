// One other engine on the bench's work: a chain and a fan-out of 1,000 steps that only pass a text on.
// Prints one line of JSON: milliseconds per step, the median of five after a first run. One shape a process, so that an
// engine that breaks on one can still show the other.

const STEPS = 1000;
const SAMPLES = 5;
const text = "A lighthouse at dawn";

async function median(run) {
  await run();
  const times = [];
  for (let turn = 0; turn < SAMPLES; turn++) {
    const from = performance.now();
    await run();
    times.push((performance.now() - from) / STEPS);
  }
  return times.sort((a, b) => a - b)[(SAMPLES - 1) / 2];
}

const shape = process.argv[3];
const sources = {
  chain: Array.from({ length: STEPS }, (_, at) => (at === 0 ? undefined : at - 1)),
  "fan-out": Array.from({ length: STEPS }, (_, at) => (at === 0 ? undefined : 0)),
};

const engines = {
  async rivet() {
    const rivet = await import("@ironclad/rivet-node");
    const measure = async (from) => {
      const nodes = from.map((_, at) => {
        const node = at === 0 ? rivet.TextNodeImpl.create() : rivet.PassthroughNodeImpl.create();
        node.id = `step-${at}`;
        if (at === 0) node.data.text = text;
        return node;
      });
      const connections = from.flatMap((source, at) =>
        source === undefined
          ? []
          : [
              {
                outputNodeId: `step-${source}`,
                outputId: source === 0 ? "output" : "output1",
                inputNodeId: `step-${at}`,
                inputId: "input1",
              },
            ],
      );
      const graph = { metadata: { id: "graph", name: "graph", description: "" }, nodes, connections };
      const project = {
        metadata: { id: "project", title: "Bench", description: "", mainGraphId: "graph" },
        graphs: { graph },
        plugins: [],
      };
      return await median(async () => {
        let finished = 0;
        const { processor, run } = rivet.createProcessor(project, { graph: "graph" });
        processor.on("nodeFinish", () => finished++);
        await run();
        if (finished < STEPS) throw new Error(`Only ${finished} nodes ran.`);
      });
    };
    return { msPerStep: await measure(sources[shape]), journal: "none" };
  },

  langgraph: () => langgraph(false),
  "langgraph-memory": () => langgraph(true),

  async "node-red"() {
    const { createServer } = await import("node:http");
    const { mkdtempSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const { default: red } = await import("node-red");
    const server = createServer();
    red.init(server, {
      userDir: mkdtempSync(join(tmpdir(), "bench-node-red-")),
      httpAdminRoot: false,
      httpNodeRoot: false,
      logging: { console: { level: "off", metrics: false, audit: false } },
      telemetry: { enabled: false },
    });
    const emptyStarted = new Promise((resolve) => red.events.once("flows:started", resolve));
    await red.start();
    await emptyStarted;
    const measure = async (from) => {
      const started = new Promise((resolve) => red.events.once("flows:started", resolve));
      const nodes = from.map((_, at) => ({
        id: `step${at}`,
        type: "change",
        z: "tab",
        rules: [{ t: "set", p: "payload", pt: "msg", to: text, tot: "str" }],
        wires: [from.flatMap((source, to) => (source === at ? [`step${to}`] : []))],
      }));
      await red.runtime.flows.setFlows({
        flows: { flows: [{ id: "tab", type: "tab", label: "Bench" }, ...nodes] },
        deploymentType: "full",
      });
      await started;
      return await median(
        () =>
          new Promise((resolve) => {
            let left = STEPS;
            const count = () => {
              if (--left > 0) return;
              red.hooks.remove("*.bench");
              resolve();
            };
            red.hooks.add("onComplete.bench", count);
            red.nodes.getNode("step0").receive({ payload: text });
          }),
      );
    };
    const result = { msPerStep: await measure(sources[shape]), journal: "none" };
    await red.stop();
    return result;
  },
};

async function langgraph(withMemory) {
  const { Annotation, END, MemorySaver, START, StateGraph } = await import("@langchain/langgraph");
  const measure = async (from) => {
    const State = Annotation.Root({ text: Annotation({ reducer: (_, next) => next, default: () => "" }) });
    const graph = new StateGraph(State);
    from.forEach((_, at) => {
      graph.addNode(`step-${at}`, () => ({ text }));
    });
    from.forEach((source, at) => {
      graph.addEdge(source === undefined ? START : `step-${source}`, `step-${at}`);
    });
    graph.addEdge(`step-${STEPS - 1}`, END);
    const app = graph.compile(withMemory ? { checkpointer: new MemorySaver() } : {});
    let turn = 0;
    return await median(() =>
      app.invoke(
        { text: "" },
        { recursionLimit: 2 * STEPS, configurable: { thread_id: `thread-${turn++}` } },
      ),
    );
  };
  return { msPerStep: await measure(sources[shape]), journal: withMemory ? "memory" : "none" };
}

const engine = engines[process.argv[2]];
if (!engine) throw new Error(`No such engine: ${process.argv[2]}.`);
console.log(JSON.stringify(await engine()));
process.exit(0);
