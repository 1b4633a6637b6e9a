/**
 * Asking models, and the models of the fake host.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure, ModelResponse, functionCall, textDelta, thought, thoughtDelta } from "rak";
import { FakeHost } from "rak/testing";

/** @typedef {import("rak").Context} Context */
/** @typedef {import("rak").Content} Input */
/** @typedef {import("rak/testing").FakeHostOptions} Options */

const CALL = functionCall("1", "add", { a: 1 });
const SLOW = { run: "one two three", takesMs: 9 };
const interrupted = () => Failure.unavailable("the host ended", { code: "interrupted" });

const complete = (/** @type {Context} */ cx, /** @type {Input} */ input) => cx.models.complete(input).text;
const open = (/** @type {Context} */ cx, /** @type {Input} */ input) => cx.models.open(input).finish().text;
const streams = function* (/** @type {Context} */ cx, /** @type {Input} */ input) {
  const completion = cx.models.open(input);
  for (const delta of completion) if (delta.type === "text-delta") yield delta;
  return completion.finish().text;
};
const ASKS = [complete, open, streams];

/**
 * @param {NonNullable<Options["models"]>} models
 * @param {Options} [options]
 */
function host(models, options = {}) {
  return new FakeHost({ models, ...options });
}

test("a model answers", () => {
  for (const run of ASKS) {
    const ended = host({ small: "one two three", large: "no" }).run(run, "hi");
    assert.equal(ended.answer, "one two three");
    const request = { contents: [Content.user("hi")], tools: [], toolChoice: "auto", stop: [], relay: "off" };
    assert.deepEqual(ended.modelCalls, [{ model: "small", request, cancelled: false }]);
    assert.equal(host({ small: SLOW }).run(run, "hi").sleptMs, 9);
  }
});

test("a model may be asked a whole conversation, and everything is said by name", () => {
  const said = [Content.user("hi"), Content.model("hello"), Content.user("add")];
  const options = /** @type {const} */ ({
    model: "large",
    system: "Be brief.",
    tools: [{ name: "add", parameters: { type: "object" } }],
    toolChoice: { name: "add" },
    maxOutputTokens: 9,
    temperature: 0.5,
    stop: ["end"],
    responseSchema: null,
    relay: "text",
    extra: { seed: 1 },
  });
  const { modelCalls } = host({ small: "no", large: "yes" }).run((cx) => {
    cx.models.complete(said, options);
    cx.models.open({ contents: said, model: "small", system: "Be long." }, { model: "large", system: "Be brief." });
  }, "x");
  const [whole, changed] = modelCalls.map(({ request }) => request);
  assert.deepEqual(modelCalls.map(({ model }) => model), ["large", "large"]);
  const tools = [{ name: "add", description: "", parameters: { type: "object" } }];
  assert.deepEqual(whole, { ...options, contents: said, tools });
  assert.deepEqual([changed?.contents, changed?.system], [said, "Be brief."]);
});

test("what is no request never reaches the host", () => {
  const bad = /** @type {any[]} */ ([
    { relay: "thoughts" },
    { toolChoice: "add" },
    { maxOutputTokens: 0.5 },
    { temperature: "high" },
    { stop: [1] },
    { tools: [{ name: "add" }] },
    { model: 5 },
  ]);
  for (const options of bad) {
    const run = host({ small: "a" }).run((cx) => void cx.models.complete("hi", options), "x");
    assert.match(run.failure.message, /^TypeError: /, JSON.stringify(options));
    assert.deepEqual(run.modelCalls, []);
  }
});

test("what was asked is kept as it was", () => {
  const small = (/** @type {import("rak/testing").AskedModel} */ { contents }) => {
    contents.length = 0;
    return "hello";
  };
  const { modelCalls } = host({ small }).run((cx) => {
    const said = [Content.user("hi")];
    said.push(cx.models.complete(said).content);
  }, "x");
  assert.deepEqual(modelCalls[0]?.request.contents, [Content.user("hi")]);
});

test("the models that may be asked are listed with the default first", () => {
  host({ small: "a", large: { description: "Knows more.", extra: [1] } }).run((cx) => {
    assert.deepEqual(cx.models.available(), [
      { name: "small", description: "", extra: undefined },
      { name: "large", description: "Knows more.", extra: [1] },
    ]);
  }, "x");
});

test("what is not there cannot be asked", () => {
  const runs = /** @type {((cx: Context) => unknown)[]} */ ([
    ({ models }) => models.complete("hi", { model: "huge" }),
    ({ models }) => models.open("hi", { model: "huge" }),
    ({ models }) => models.embed(["hi"], { model: "huge" }),
  ]);
  for (const run of runs) {
    const { failure } = host({ small: "a", large: "b" }).run((cx) => void run(cx), "x");
    assert.deepEqual([failure.kind, failure.message], ["not-found", "no model is called `huge`; the test has small, large"]);
  }
  assert.equal(host({}).run(complete, "x").failure.message, "no model is called `default`; the test has none");
});

test("an answer is what the test says", () => {
  const usage = { inputTokens: 1, outputTokens: 2, cachedTokens: 3, thoughtTokens: 4, extra: { cost: 5 } };
  const whole = new ModelResponse({ model: "small-1", content: "whole", finish: "paused", usage, extra: { id: 6 } });
  const answers = ["text", CALL, [thought("hm"), "both ", CALL], Content.model("content"), whole, { mood: "good" }];
  const run = host({ small: answers }).run((cx, input) => {
    const responses = answers.map(() => cx.models.complete(input));
    assert.deepEqual(responses.map(({ text }) => text), ["text", "", "both ", "content", "whole", '{"mood":"good"}']);
    assert.deepEqual(responses.map(({ functionCalls }) => functionCalls.length), [0, 1, 1, 0, 0, 0]);
    assert.deepEqual(responses[1]?.functionCalls, [CALL]);
    const finishes = ["stop", "function-calls", "function-calls", "stop", "paused", "stop"];
    assert.deepEqual(responses.map(({ finish }) => finish), finishes);
    assert.deepEqual(responses[0], new ModelResponse({ model: "small", content: "text" }));
    assert.deepEqual(responses[4], whole);
  }, "x");
  assert.ok(run.ok);
});

test("a model that is asked too often is a mistake of the test", () => {
  const twice = (/** @type {Context} */ cx) => {
    complete(cx, Content.user("a"));
    try {
      complete(cx, Content.user("b"));
    } catch {
      return "caught";
    }
    return "not";
  };
  const problem = { message: "`small` is asked more often than the test has answers, which are 1" };
  assert.throws(() => host({ small: ["once"] }).run(twice, "x"), problem);
  assert.ok(host({ small: ["once", "twice"] }).run(twice, "x").ok);
});

test("an answer in JSON is read", () => {
  const reads = (/** @type {Context} */ cx) => {
    const { mood } = cx.models.complete("hi", { responseSchema: { type: "object" } }).json();
    return mood;
  };
  assert.equal(host({ small: [{ mood: "good" }] }).run(reads, "x").answer, "good");
  const { failure } = host({ small: "well" }).run(reads, "x");
  assert.deepEqual([failure.kind, failure.code], ["failed", "invalid_response"]);
  assert.match(failure.message, /^the answer of the model is not JSON: /);
});

test("a request that fails is its failure", () => {
  const busy = () => Failure.rateLimited("too much", { retryAfterMs: 2 });
  const throws = () => {
    throw busy();
  };
  for (const run of ASKS) {
    for (const small of [busy, throws, [busy()]]) {
      const { failure } = host({ small }).run(run, "x");
      assert.deepEqual([failure.kind, failure.retryAfterMs], ["rate-limited", 2]);
    }
  }
});

test("an answer that is cut off says so after what there was", () => {
  const cut = host({ small: [["one two ", interrupted()]] });
  const run = cut.run(streams, "x");
  assert.deepEqual(run.textDeltas, ["one ", "two "]);
  assert.ok(run.failure.isInterrupted());
  assert.ok(cut.run(complete, "x").failure.isInterrupted());
  assert.ok(!Failure.unavailable("no model").isInterrupted());
});

test("deltas are words unless the test says otherwise", () => {
  const reads = (/** @type {Context} */ cx) => JSON.stringify([...cx.models.open("hi")]);
  const deltas = [thoughtDelta("so "), thoughtDelta("so"), textDelta("a "), textDelta(" "), textDelta("b"), CALL];
  assert.deepEqual(JSON.parse(host({ small: [[thought("so so"), "a  b", CALL]] }).run(reads, "x").answer), deltas);
  const letters = host({ small: { run: "ab", split: (text) => text } });
  assert.deepEqual(JSON.parse(letters.run(reads, "x").answer), [textDelta("a"), textDelta("b")]);
});

test("deltas come while the model writes", () => {
  const run = host({ small: SLOW }).run((cx, input) => {
    const [completion, timer] = [cx.models.open(input), cx.timer(1)];
    assert.deepEqual(cx.waitAny([completion, timer]), [1]);
    assert.deepEqual(cx.waitAny([completion]), [0]);
    assert.deepEqual(completion.read(), [textDelta("one ")]);
    assert.ok(!completion.ready());
    for (const delta of completion) {
      assert.deepEqual(delta, textDelta("two "));
      break;
    }
    // The end of the answer leaves what was not read.
    assert.equal(completion.finish().text, "one two three");
    assert.ok(completion.ready());
    assert.deepEqual(completion.read(), [textDelta("three")]);
    assert.ok(completion.ready());
    assert.deepEqual([completion.read(), ...completion], [[]]);
  }, "x");
  assert.deepEqual([run.ok, run.sleptMs], [true, 9]);
});

test("what was taken one by one is not read again", () => {
  host({ small: "one two three" }).run((cx, input) => {
    const completion = cx.models.open(input);
    for (const delta of completion) {
      assert.deepEqual(delta, textDelta("one "));
      break;
    }
    assert.deepEqual(completion.read(), [textDelta("two "), textDelta("three")]);
  }, "x");
});

test("the client sees what is relayed", () => {
  const small = [[thought("hm"), "one two", CALL]];
  const text = [textDelta("one "), textDelta("two")];
  const seen = /** @type {const} */ ([["off", []], ["text", text], ["all", [thoughtDelta("hm"), ...text]]]);
  for (const [relay, events] of seen) {
    const asks = host({ small });
    assert.deepEqual(asks.run((cx) => void cx.models.complete("hi", { relay }), "x").events, events);
    assert.deepEqual(asks.run((cx) => void cx.models.open("hi", { relay }).finish(), "x").events, events);
    assert.deepEqual(asks.run((cx) => void [...cx.models.open("hi", { relay })], "x").events, events);
  }
});

test("nothing is relayed of what was not written", () => {
  const run = host({ small: SLOW }).run((cx, input) => {
    const completion = cx.models.open(input, { relay: "text" });
    completion.read();
    completion.cancel();
    for (let times = 0; times < 2; times += 1) {
      assert.throws(() => completion.finish(), { kind: "failed", code: "cancelled" });
    }
  }, "x");
  assert.deepEqual([run.textDeltas, run.sleptMs, run.modelCalls[0]?.cancelled], [["one "], 3, true]);
});

test("an answer ends with its disposal or its run", () => {
  const runs = /** @type {((cx: Context, input: Input) => void)[]} */ ([
    (cx, input) => {
      const completion = cx.models.open(input);
      assert.ok(!completion.ready());
      completion.dispose();
      assert.throws(() => completion.finish(), TypeError);
    },
    (cx, input) => void cx.models.open(input),
  ]);
  for (const run of runs) assert.ok(host({ small: SLOW }).run(run, "x").modelCalls[0]?.cancelled);
});

test("a run ends while it waits for a model, and the answer with it", () => {
  for (const run of ASKS) {
    const cancelled = host({ small: SLOW }, { cancelAfterMs: 5 }).run(run, "x");
    assert.deepEqual([cancelled.failure.kind, cancelled.sleptMs], ["cancelled", 5]);
    const late = host({ small: SLOW }, { deadlineMs: 7 }).run(run, "x");
    assert.deepEqual([late.failure.kind, late.sleptMs], ["deadline-exceeded", 7]);
    assert.ok(cancelled.modelCalls[0]?.cancelled && late.modelCalls[0]?.cancelled);
  }
});

test("no model is asked once the run is being cancelled", () => {
  const runs = [...ASKS, (/** @type {Context} */ cx) => void cx.models.available(), (/** @type {Context} */ cx) => void cx.models.embed([])];
  for (const run of runs) {
    const ended = host({ small: "a" }, { cancelAfterCalls: 0 }).run(/** @type {typeof complete} */ (run), "x");
    assert.deepEqual([ended.failure.kind, ended.modelCalls, ended.embedCalls], ["cancelled", [], []]);
  }
});

test("texts become vectors", () => {
  const embeds = (/** @type {Context} */ cx) => JSON.stringify(cx.models.embed(["a", "bc"]));
  const run = host({ small: { embed: (text) => [text.length, 0.5] } }).run(embeds, "x");
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, thoughtTokens: 0 };
  assert.deepEqual(JSON.parse(run.answer), { model: "small", vectors: [[1, 0.5], [2, 0.5]], usage });
  assert.deepEqual(run.embedCalls, [{ model: "small", texts: ["a", "bc"] }]);
  assert.equal(host({ small: "a" }).run(embeds, "x").failure.kind, "unsupported");
});
