/**
 * Agents made of agents.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure, Outcome, agent, functionCall, thought } from "rak";
import { llmAgent, tool } from "rak/llm";
import { FakeHost } from "rak/testing";
import { loop, parallel, sequential } from "rak/workflow";

/** @typedef {import("rak").Context} Context */
/** @typedef {import("rak").AgentDefinition["run"]} Run */

/** @type {Run} */
const shout = (_, { text }) => text.toUpperCase();
/** @type {Run} */
const longer = (_, { text }) => `${text}!`;
/** @type {Run} */
const enough = (_, { text }) => (text.length > 4 ? new Outcome({ escalate: true }) : text);
/** @type {Run} */
const fails = () => {
  throw Failure.unavailable("on strike");
};

test("each step is told what the one before answered", () => {
  const twice = agent({
    *run(_, { text }) {
      yield text;
      return `${text} ${text}`;
    },
  });
  const host = new FakeHost({
    agents: { translator: () => Content.model(thought("hm"), "hallo") },
    models: { small: ({ contents }) => contents.at(-1)?.text ?? "" },
  });
  const run = host.run(sequential(["translator", shout, twice, llmAgent({ instruction: "Be brief." })]), "hello");
  assert.equal(run.answer, "HALLO HALLO");
  assert.deepEqual(run.agentCalls.map(({ input, relay }) => [input, relay]), [[Content.user("hello"), true]]);
  assert.deepEqual(run.modelCalls[0]?.request.contents, [Content.user("HALLO HALLO")]);
});

test("a step may end the sequence", () => {
  const ends = (/** @type {Outcome} */ outcome, /** @type {Run[]} */ ...before) =>
    new FakeHost().run(sequential([...before, () => outcome, longer]), "a").outcome;
  const stop = new Outcome({ content: "enough", escalate: true });
  assert.deepEqual(ends(stop), stop);
  assert.deepEqual(ends(new Outcome({ transferTo: "billing" }), shout), new Outcome({ content: "A", transferTo: "billing" }));
  const child = new FakeHost({ agents: { stop: () => new Outcome({ escalate: true, extra: [1] }) } });
  assert.deepEqual(child.run(sequential(["stop", shout]), "a").outcome, new Outcome({ escalate: true, extra: [1] }));
});

test("a step that fails is the failure of the whole", () => {
  for (const workflow of [sequential([fails, shout]), loop([fails], { maxIterations: 2 }), parallel([shout, fails])]) {
    assert.equal(new FakeHost().run(workflow, "a").failure.kind, "unavailable");
  }
  assert.equal(new FakeHost().run(sequential(["nobody"]), "a").failure.kind, "not-found");
  const later = /** @type {any} */ (async () => "later");
  assert.match(new FakeHost().run(sequential([later]), "a").failure.message, /a step of a workflow is not asynchronous/);
});

test("a loop ends where a step escalates", () => {
  const often = { maxIterations: 9 };
  for (const steps of [[longer, enough], [enough, longer]]) {
    assert.deepEqual(new FakeHost().run(loop(steps, often), "a").outcome, new Outcome({ content: "a!!!!" }));
  }
  const within = loop([sequential([longer, enough]), shout], often);
  assert.deepEqual(new FakeHost().run(within, "a").outcome, new Outcome({ content: "A!!!!" }));
});

test("a loop ends after so many times", () => {
  assert.equal(new FakeHost().run(loop([longer], { maxIterations: 3 }), "a").answer, "a!!!");
});

test("a model may end a loop", () => {
  const approve = tool({ name: "approve" }, () => new Outcome({ escalate: true }));
  const writer = llmAgent({ instruction: "Write.", model: "writer" });
  const critic = llmAgent({ instruction: "What is wrong with it?", model: "critic", tools: [approve] });
  const models = { writer: ["Roses.", "Roses are red."], critic: ["Too short.", functionCall("1", "approve", {})] };
  const run = new FakeHost({ models }).run(loop([writer, critic], { maxIterations: 5 }), "roses");
  assert.deepEqual(run.outcome, new Outcome({ content: "Roses are red." }));
});

test("agents work side by side", () => {
  const agents = {
    slow: { run: (/** @type {Content} */ { text }) => `slow ${text}`, takesMs: 9 },
    silent: () => undefined,
    quick: (/** @type {Content} */ { text }) => new Outcome({ content: `quick ${text}`, transferTo: "billing" }),
  };
  const waits = (/** @type {Context} */ cx) => {
    cx.sleep(5);
    return new Outcome({ content: "here", escalate: true });
  };
  const run = new FakeHost({ agents }).run(parallel(["slow", waits, "silent", "quick"]), "hi");
  const content = Content.model("slow hi", "\n\n", "here", "\n\n", "quick hi");
  assert.deepEqual(run.outcome, new Outcome({ content, escalate: true, transferTo: "billing" }));
  assert.equal(run.sleptMs, 9);
  assert.ok(run.agentCalls.every(({ relay }) => relay));
});

test("what works beside a failure is cancelled", () => {
  const run = new FakeHost({ agents: { slow: { run: () => "slow", takesMs: 9 } } }).run(parallel(["slow", fails]), "hi");
  assert.deepEqual([run.failure.kind, run.agentCalls[0]?.cancelled, run.sleptMs], ["unavailable", true, 0]);
});

test("a workflow describes itself and has steps", () => {
  const { name, description } = sequential([shout], { name: "loud", description: "Shouts." });
  assert.deepEqual([name, description], ["loud", "Shouts."]);
  assert.equal(loop([shout], { maxIterations: 1, name: "loud" }).name, "loud");
  const mistakes = /** @type {any[]} */ ([
    () => sequential([]),
    () => parallel(/** @type {any} */ ("shout")),
    () => sequential([/** @type {any} */ (5)]),
    () => loop([shout], /** @type {any} */ ({})),
  ]);
  for (const mistake of mistakes) assert.throws(mistake, TypeError, String(mistake));
});
