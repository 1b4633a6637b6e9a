/**
 * Agents that a model speaks for.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { buildSync } from "esbuild";
import { Content, Failure, ModelResponse, Outcome, custom, functionCall, functionResponse, inlineData, textDelta, thought, thoughtDelta } from "rak";
import { llmAgent, params, tool } from "rak/llm";
import { Failed, FakeHost } from "rak/testing";

/** @typedef {import("rak").Context} Context */
/** @typedef {import("rak/llm").LlmAgentDefinition} Definition */
/** @typedef {import("rak/testing").FakeHostOptions} Options */

const add = tool(
  { name: "add", description: "Adds two numbers.", parameters: params({ a: "number", b: { type: "number", default: 0 } }) },
  ({ a, b }) => a + b,
);
const fails = tool({ name: "fails" }, () => {
  throw new RangeError("lost");
});

/**
 * @param {string} name
 * @param {import("rak").JsonInput} [args]
 * @param {string} [id]
 */
function call(name, args = {}, id = "1") {
  return functionCall(id, name, args);
}

/**
 * @param {Definition} definition
 * @param {readonly import("rak/testing").ModelAnswer[]} small What the model answers.
 * @param {Options} [options]
 */
function run(definition, small, options = {}) {
  return new FakeHost({ models: { small }, ...options }).run(llmAgent(definition), "hi");
}

/**
 * What came of the calls before the model was asked for the second time.
 * @param {import("rak/testing").TestRun} run
 */
function responses({ modelCalls }) {
  return modelCalls[1]?.request.contents.at(-1)?.parts;
}

/**
 * @param {string} name
 * @param {string} error
 * @param {string} [id]
 */
function failed(name, error, id = "1") {
  return functionResponse(id, name, { error }, { failed: true });
}

test("a model answers", () => {
  const settings = { temperature: 0.5 };
  const ended = run({ instruction: "Be brief.", model: "small", settings, name: "brief" }, ["hello there"]);
  assert.equal(ended.answer, "hello there");
  const asked = { model: "small", system: "Be brief.", tools: [], toolChoice: "auto", stop: [], temperature: 0.5, relay: "text" };
  assert.deepEqual(ended.modelCalls[0]?.request, { ...asked, contents: [Content.user("hi")] });
  assert.deepEqual([ended.textDeltas, ended.contents], [["hello ", "there"], []]);
  const { name, description, run: _ } = llmAgent({ name: "brief", description: "Is brief." });
  assert.deepEqual([name, description], ["brief", "Is brief."]);
});

test("a model may have nothing to say", () => {
  assert.deepEqual(run({}, [Content.model()]).outcome, new Outcome());
});

test("what is called is part of the conversation", () => {
  const said = [thought("hm"), "Let me see.", call("add", { a: 1, b: 2 })];
  const ended = run({ tools: [add] }, [said, "3"]);
  const calls = new Content("model", said);
  const answers = new Content("function", [functionResponse("1", "add", 3)]);
  assert.deepEqual(ended.contents, [calls, answers]);
  assert.deepEqual(ended.modelCalls[1]?.request.contents, [Content.user("hi"), calls, answers]);
  assert.equal(ended.answer, "3");
});

test("parameters are words or schemas", () => {
  const schema = params({ a: "string", b: "integer?", c: { type: "array", items: { type: "number" } }, d: { enum: [1, 2], default: 1 } });
  assert.deepEqual(schema, {
    type: "object",
    properties: {
      a: { type: "string" },
      b: { type: "integer" },
      c: { type: "array", items: { type: "number" } },
      d: { enum: [1, 2], default: 1 },
    },
    required: ["a", "c"],
    additionalProperties: false,
  });
  assert.throws(() => params({ a: /** @type {any} */ ("int") }), /`int` is no type of a parameter/);
  assert.deepEqual(run({ tools: [add, fails] }, ["ok"]).modelCalls[0]?.request.tools, [
    { name: "add", description: "Adds two numbers.", parameters: add.described.parameters },
    { name: "fails", description: "", parameters: params({}) },
  ]);
});

test("what no model can call is a mistake", () => {
  const mistakes = /** @type {any[]} */ ([
    () => tool({ name: "" }, () => 1),
    () => tool({ name: "a" }, /** @type {any} */ (1)),
    () => tool({ name: "a", parameters: { n: 1n } }, () => 1),
    () => llmAgent({ tools: [() => 1] }),
    () => llmAgent({ tool: [] }),
    () => llmAgent({ settings: { temprature: 1 } }),
    () => llmAgent({ hostTools: "clock" }),
    () => llmAgent({ handOver: "sales" }),
  ]);
  for (const mistake of mistakes) assert.throws(mistake, TypeError, String(mistake));
});

test("a function gets the context, and what is left out", () => {
  const order = tool({ name: "order", parameters: params({ item: "string", count: { default: 2 } }) }, ({ item, count }, cx) => {
    cx.session.set("order", [item, count]);
  });
  const ended = run({ tools: [order] }, [call("order", { item: "tea" }), "ok"]);
  assert.deepEqual(ended.state, { order: ["tea", 2] });
  assert.deepEqual(responses(ended), [functionResponse("1", "order", null)]);
});

test("what fails is for the model to read", () => {
  const refuses = tool({ name: "refuses" }, () => {
    throw Failure.denied("not today");
  });
  const unsayable = tool({ name: "unsayable" }, () => /** @type {any} */ (1n));
  const waits = tool({ name: "waits" }, /** @type {any} */ (async () => 1));
  const sized = tool({ name: "sized", parameters: params({ size: { enum: ["S", "M"] } }) }, ({ size }) => size);
  const tools = [add, fails, refuses, unsayable, waits, sized];
  const cases = /** @type {const} */ ([
    [call("fails"), "RangeError: lost"],
    [call("refuses"), "not today"],
    [call("unsayable"), /^TypeError: the response cannot be written as JSON/],
    [call("waits"), "TypeError: a tool is not asynchronous: calls to the host wait by themselves"],
    [call("add"), "TypeError: the argument `a` is missing"],
    [call("add", { a: "1" }), "TypeError: the argument `a` is not of the type number"],
    [call("add", { a: 1, c: 2 }), "TypeError: there is no argument `c`, only a, b"],
    [call("add", [1]), "TypeError: the arguments are not an object"],
    [call("sized", { size: "L" }), 'TypeError: the argument `size` is none of "S", "M"'],
    [call("sub"), "TypeError: no function is called `sub`, only add, fails, refuses, unsayable, waits, sized"],
  ]);
  for (const [asked, problem] of cases) {
    const ended = run({ tools }, [asked, "sorry"]);
    assert.equal(ended.answer, "sorry");
    const [response] = /** @type {any[]} */ (responses(ended));
    const { error } = response.response;
    assert.deepEqual(response, failed(asked.name, error));
    if (typeof problem === "string") assert.equal(error, problem);
    else assert.match(error, problem);
    assert.deepEqual(ended.logs[0]?.fields, { tool: asked.name, error });
  }
});

test("the end of the run is not for the model", () => {
  const waits = tool({ name: "waits" }, (_, cx) => {
    cx.sleep(9);
    return cx.session.get("a") ?? null;
  });
  for (const [options, kind] of /** @type {const} */ ([[{ cancelAfterMs: 5 }, "cancelled"], [{ deadlineMs: 5 }, "deadline-exceeded"]])) {
    const ended = run({ tools: [waits] }, [call("waits")], options);
    assert.deepEqual([ended.failure.kind, ended.modelCalls.length], [kind, 1]);
    const slow = run({ hostTools: ["slow"] }, [call("slow")], { ...options, tools: { slow: { run: () => 1, takesMs: 9 } } });
    assert.equal(slow.failure.kind, kind);
  }
});

test("a tool that was too slow is for the model", () => {
  const ask = tool({ name: "ask" }, (_, cx) => cx.tools.call("slow", {}, { timeoutMs: 5 }).response);
  const tools = { slow: { run: () => 1, takesMs: 9 } };
  const ended = run({ tools: [ask] }, [call("ask"), "sorry"], { tools, deadlineMs: 60 });
  assert.deepEqual(responses(ended), [failed("ask", "slow took too long")]);
});

test("tools of the host are called at once, and under names that models allow", () => {
  const tools = {
    calculator: { run: (/** @type {any} */ { n }) => n, description: "Calculates.", takesMs: 5 },
    "mcp.files.read": { run: () => new Failed("no such file"), takesMs: 5 },
    "mcp.files_read": () => Failure.unavailable("no server"),
    clock: () => 12,
  };
  const asked = [call("calculator", { n: 4 }, "1"), call("add", { a: 1 }, "2"), call("mcp_files_read", {}, "3"), call("mcp_files_read_2", {}, "4")];
  const ended = run({ tools: [add], hostTools: ["calculator", "mcp.*"] }, [asked, "ok"], { tools });
  const told = ended.modelCalls[0]?.request.tools.map(({ name }) => name);
  assert.deepEqual(told, ["add", "calculator", "mcp_files_read", "mcp_files_read_2"]);
  assert.deepEqual(responses(ended), [
    functionResponse("1", "calculator", 4),
    functionResponse("2", "add", 1),
    functionResponse("3", "mcp_files_read", "no such file", { failed: true }),
    failed("mcp_files_read_2", "no server", "4"),
  ]);
  assert.deepEqual(ended.toolCalls.map(({ tool }) => tool), ["calculator", "mcp.files.read", "mcp.files_read"]);
  assert.equal(ended.sleptMs, 5);
});

test("long names are cut and stay different", () => {
  const tools = { [`mcp.${"x".repeat(80)}.a`]: () => "a", [`mcp.${"x".repeat(80)}.b`]: () => "b" };
  const [first = "", second = ""] = run({ hostTools: ["*"] }, ["ok"], { tools }).modelCalls[0]?.request.tools.map(({ name }) => name) ?? [];
  assert.deepEqual([first.length, second.length, first.slice(0, 62)], [64, 64, second.slice(0, 62)]);
  assert.deepEqual(responses(run({ hostTools: ["*"] }, [call(second), "ok"], { tools })), [functionResponse("1", second, "b")]);
});

test("a tool that is not granted is a failure", () => {
  const { failure } = run({ hostTools: ["clock", "mcp.*"] }, ["ok"]);
  const message = "there is no tool `clock`, or the agent's manifest does not grant it";
  assert.deepEqual([failure.kind, failure.message], ["not-found", message]);
  assert.equal(run({ hostTools: ["mcp.*"] }, ["ok"]).answer, "ok");
  const tools = { "a.b": () => 1, axb: () => 1 };
  const told = run({ hostTools: ["?.b"] }, ["ok"], { tools }).modelCalls[0]?.request.tools.map(({ name }) => name);
  assert.deepEqual(told, ["a_b"]);
});

test("a conversation is handed over", () => {
  const calls = [call("add", { a: 1 }, "1"), call("transfer_to_agent", { agent: "billing" }, "2")];
  const ended = run({ tools: [add], handOver: { billing: "for invoices", sales: "" } }, [calls]);
  assert.deepEqual(ended.outcome, new Outcome({ transferTo: "billing" }));
  assert.deepEqual(ended.contents[1]?.parts, [
    functionResponse("1", "add", 1),
    functionResponse("2", "transfer_to_agent", { ended: true }),
  ]);
  const described = ended.modelCalls[0]?.request.tools[1];
  assert.match(described?.description ?? "", /The agents:\n- billing: for invoices\n- sales$/);
  assert.deepEqual(described?.parameters, params({ agent: { type: "string", enum: ["billing", "sales"] } }));
  const lost = run({ handOver: ["sales"] }, [call("transfer_to_agent", { agent: "billing" }), "ok"]);
  assert.deepEqual(responses(lost), [failed("transfer_to_agent", "TypeError: `agent` is one of sales")]);
});

test("a function may end the run", () => {
  const approve = tool({ name: "approve", parameters: params({ text: "string" }) }, ({ text }) => new Outcome({ content: text, escalate: true }));
  const asked = [call("approve", { text: "good" }, "1"), call("approve", { text: "late" }, "2"), call("add", { a: 1 }, "3")];
  const ended = run({ tools: [add, approve] }, [asked]);
  assert.deepEqual(ended.outcome, new Outcome({ content: "good", escalate: true }));
  assert.deepEqual(ended.contents[1]?.parts[2], functionResponse("3", "add", 1));
});

test("the instruction has the state in it", () => {
  const instruction = "Hi {user:name}, {{curly}} {app:n} {mood?}{order}.";
  const system = (/** @type {Definition} */ definition, /** @type {Options} */ options) =>
    run(definition, ["ok"], options).modelCalls[0]?.request.system;
  const state = { "user:name": "Ada", "app:n": 5, order: { a: [1] } };
  assert.equal(system({ instruction }, { state }), 'Hi Ada, {curly} 5 {"a":[1]}.');
  const { failure } = run({ instruction }, ["ok"], { state: { "user:name": "Ada" } });
  assert.deepEqual([failure.kind, failure.code], ["failed", "missing_state"]);
  const problem = "the instruction has `{app:n}` in it, and the state has no `app:n`; `{app:n?}` may be missing";
  assert.equal(failure.message, problem);
  assert.equal(system({ instruction: (cx) => `{${cx.info.userId}}` }, {}), "{test-user}");
  assert.equal(system({}, {}), undefined);
  for (const text of ['{"a": 1}', "{", "a } b", "{}", "{a b}", "{?}"]) {
    assert.throws(() => llmAgent({ instruction: text }), /the instruction has a brace where no key of the state is/, text);
  }
});

/** @param {string[]} ids */
function calls(...ids) {
  return { author: "agent", content: Content.model(...ids.map((id) => call("add", {}, id))) };
}

/** @param {string[]} ids */
function answers(...ids) {
  return { author: "agent", content: new Content("function", ids.map((id) => functionResponse(id, "add", 1))) };
}

/**
 * @param {string} author
 * @param {string} content
 */
function says(author, content) {
  return { author, content };
}

/**
 * What the model is told of the history: texts, and the ids of calls and responses.
 *
 * @param {readonly import("rak/testing").Said[]} said
 * @param {import("rak/llm").HistoryLimits} [history]
 */
function told(said, history = {}) {
  const contents = run({ tools: [add], history }, ["ok"], { history: said }).modelCalls[0]?.request.contents ?? [];
  assert.deepEqual(contents.at(-1), Content.user("hi"));
  return contents.slice(0, -1).map(({ parts }) => parts.map((part) => ("id" in part ? part.id : "text" in part ? part.text : "")));
}

test("the model is told what was said before", () => {
  const history = [says("user", "a"), calls("1", "2"), answers("1", "2"), says("agent", "b")];
  assert.deepEqual(told(history), [["a"], ["1", "2"], ["1", "2"], ["b"]]);
  assert.deepEqual(told(history, { entries: 0 }), []);
});

test("the history begins with the user", () => {
  const history = [says("user", "u1"), calls("1"), answers("1"), says("agent", "b")];
  history.push(says("user", "u2"), calls("2"), answers("2"), says("agent", "c"));
  const rest = [["u2"], ["2"], ["2"], ["c"]];
  for (const [entries, left] of /** @type {const} */ ([[4, rest], [3, []], [2, []], [7, rest]])) assert.deepEqual(told(history, { entries }), left);
});

test("the history has a size, and is read in pages", () => {
  const history = ["a", "b", "c", "d"].map((letter, index) => says(index % 2 ? "agent" : "user", letter.repeat(10)));
  assert.equal(told(history, { size: 39 }).length, 2);
  assert.equal(told(history, { size: 40 }).length, 4);
  const image = { author: "user", content: Content.user(inlineData("image/png", new Uint8Array(40))) };
  assert.deepEqual(told([image, says("agent", "d")], { size: 40 }), []);
  const long = Array.from({ length: 2500 }, (_, index) => says("user", String(index)));
  assert.deepEqual(told(long, { entries: 2100 })[0], ["400"]);
});

test("calls and responses are told together or not at all", () => {
  const user = says("user", "a");
  assert.deepEqual(told([user, calls("1", "2"), answers("2"), says("agent", "b")]), [["a"], ["2"], ["2"], ["b"]]);
  assert.deepEqual(told([user, calls("1"), says("user", "b")]), [["a"], ["b"]]);
  assert.deepEqual(told([user, answers("1"), says("agent", "b")]), [["a"], ["b"]]);
  assert.deepEqual(told([user, calls("1")]), [["a"]]);
  const alone = Content.model(thought("hm"), "Let me see.", call("add"), custom("state", 1));
  assert.deepEqual(told([user, { author: "agent", content: alone }]), [["a"], ["Let me see."]]);
  assert.deepEqual(told([user, calls("1"), says("agent", "b"), answers("1")]), [["a"], ["b"], ["1"], ["1"]]);
  assert.deepEqual(told([user, { author: "agent", content: Content.model() }, says("user", "b")]), [["a"], ["b"]]);
  const gone = Content.model(call("gone", {}, "1"), call("add", {}, "2"));
  assert.deepEqual(told([user, { author: "agent", content: gone }, answers("1", "2")]), [["a"], ["2"], ["2"]]);
  const split = [user, calls("1", "2"), answers("1"), answers("2"), calls("1"), answers("1")];
  assert.deepEqual(told(split), [["a"], ["1", "2"], ["1", "2"], ["1"], ["1"]]);
});

test("a model that comes to no end is stopped", () => {
  const { failure } = run({ tools: [add], maxSteps: 2 }, [call("add", { a: 1 }), call("add", { a: 1 })]);
  assert.deepEqual([failure.kind, failure.code], ["limit-exceeded", "max_steps"]);
  assert.equal(failure.message, "the model did not come to an end within 2 steps");
});

test("an answer is what the schema says, and is kept in the state", () => {
  const outputSchema = params({ score: "integer" });
  const ended = run({ outputSchema, outputKey: "verdict" }, [{ score: 4 }]);
  assert.deepEqual([ended.answer, ended.state], ['{"score":4}', { verdict: { score: 4 } }]);
  assert.deepEqual(ended.modelCalls[0]?.request.responseSchema, outputSchema);
  const wrong = run({ outputSchema, outputKey: "verdict" }, ["high"]);
  assert.deepEqual([wrong.failure.code, wrong.state], ["invalid_response", {}]);
  assert.deepEqual(run({ outputKey: "user:last" }, ["hello"]).state, { "user:last": "hello" });
});

test("an answer that was held back is a failure, and a short one is logged", () => {
  const ends = (/** @type {string} */ finish) => run({}, [new ModelResponse({ model: "small-1", content: "so far", finish })]);
  assert.equal(ends("filtered").failure.code, "filtered");
  assert.deepEqual([ends("length").answer, ends("length").logs.length], ["so far", 1]);
  assert.deepEqual(ends("paused").logs, []);
});

test("the client sees what the agent wants it to", () => {
  const said = [[thought("hm"), "hello"]];
  assert.deepEqual(run({ relay: "off" }, said).events, []);
  assert.deepEqual(run({ relay: "all" }, said).events, [thoughtDelta("hm"), textDelta("hello")]);
});

test("a request may be changed, or answered, before the model is asked", () => {
  /** @type {Definition} */
  const definition = {
    tools: [add],
    beforeModel(cx, request) {
      request.temperature = 1;
      request.contents.push(Content.user("and quickly"));
      return cx.session.get("known");
    },
  };
  const ended = run(definition, [call("add", { a: 1 }), "ok"]);
  const [first, second] = ended.modelCalls.map(({ request }) => request);
  assert.deepEqual([first?.temperature, first?.contents.map(({ text }) => text)], [1, ["hi", "and quickly"]]);
  assert.deepEqual(second?.contents.map(({ role }) => role), ["user", "model", "function", "user"]);
  const answered = run(definition, [], { state: { known: "an answer" } });
  assert.deepEqual([answered.answer, answered.modelCalls], ["an answer", []]);
  assert.equal(run({ beforeModel: () => Content.model("whole") }, []).answer, "whole");
});

test("an answer may be changed", () => {
  const afterModel = (/** @type {Context} */ _, /** @type {ModelResponse} */ { text }) => (text ? text.toUpperCase() : undefined);
  const ended = run({ tools: [add], afterModel }, [call("add", { a: 1 }), "ok"]);
  assert.deepEqual([ended.answer, ended.modelCalls.length], ["OK", 2]);
});

test("a call may be changed, or answered, before it is made", () => {
  const seen = /** @type {string[]} */ ([]);
  /** @type {Definition} */
  const definition = {
    tools: [add],
    hostTools: ["*"],
    beforeTool(_, asked) {
      seen.push(asked.name);
      if (asked.name === "mcp.b") return { known: true };
      asked.args.a = 5;
      return undefined;
    },
  };
  const asked = [call("add", { a: 1 }, "1"), call("mcp_a", {}, "2"), call("mcp_b", {}, "3")];
  const echo = (/** @type {any} */ args) => args;
  const ended = run(definition, [asked, "ok"], { tools: { "mcp.a": echo, "mcp.b": echo } });
  assert.deepEqual(responses(ended), [
    functionResponse("1", "add", 5),
    functionResponse("2", "mcp_a", { a: 5 }),
    functionResponse("3", "mcp_b", { known: true }),
  ]);
  assert.deepEqual(seen, ["add", "mcp.a", "mcp.b"]);
  assert.deepEqual(ended.toolCalls.map(({ tool }) => tool), ["mcp.a"]);
  // What the model asked for stays what it asked for.
  assert.deepEqual(ended.contents[0]?.parts[0], call("add", { a: 1 }, "1"));
});

test("a response may be changed", () => {
  /** @type {Definition["afterTool"]} */
  const afterTool = (_, asked, response) => (response.failed ? functionResponse("", "", asked.args, { failed: true }) : undefined);
  const ended = run({ tools: [add, fails], afterTool }, [[call("add", { a: 1 }, "1"), call("fails", {}, "2")], "ok"]);
  assert.deepEqual(responses(ended), [functionResponse("1", "add", 1), functionResponse("2", "fails", {}, { failed: true })]);
});

test("an agent can be called by another one's function", () => {
  const writer = llmAgent({ instruction: "Write." });
  const shout = (/** @type {Context} */ cx, /** @type {Content} */ input) => writer.run(cx, input).content?.text.toUpperCase();
  assert.equal(new FakeHost({ models: { small: "hello" } }).run(shout, "hi").answer, "HELLO");
});

test("an agent without a model does not load this", () => {
  const bundled = (/** @type {string} */ name) => {
    const entryPoints = [fileURLToPath(new URL(`readme/${name}.js`, import.meta.url))];
    const { metafile } = buildSync({ entryPoints, bundle: true, format: "esm", write: false, metafile: true });
    return Object.keys(metafile.inputs).some((path) => path.includes("src/llm"));
  };
  assert.deepEqual(["agent", "poet", "waiter"].map(bundled), [false, false, true]);
});

test("two runs have nothing in common", () => {
  const agent = llmAgent({ handOver: ["sales"] });
  const host = (/** @type {import("rak/testing").ModelAnswer} */ answer) => new FakeHost({ models: { small: [answer] } });
  assert.equal(host(call("transfer_to_agent", { agent: "sales" })).run(agent, "hi").outcome.transferTo, "sales");
  assert.deepEqual(host("ok").run(agent, "hi").outcome, new Outcome({ content: "ok" }));
});
