import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure, functionCall, functionResponse } from "rak";
import { Failed, FakeHost } from "rak/testing";

/** @import { Context } from "rak" */

const DAY_MS = 86_400_000;
const SUM = { a: 1, b: 2 };

const add = (/** @type {{ a: number, b: number }} */ { a, b }) => a + b;
const slow = { run: add, takesMs: 9000 };
const careful = { run: add, hints: { needsApproval: true } };

const call = (/** @type {Context} */ cx) => String(cx.tools.call("add", SUM).response);
const start = (/** @type {Context} */ cx) => String(cx.tools.start("add", SUM).finish().response);

test("a tool answers", () => {
  for (const run of [call, start]) {
    const { answer, toolCalls } = new FakeHost({ tools: { add } }).run(run, "");
    assert.equal(answer, "3");
    assert.deepEqual(toolCalls, [{ id: "call-1", tool: "add", args: SUM, relay: false, cancelled: false }]);
    assert.equal(new FakeHost({ tools: { add: slow } }).run(run, "").sleptMs, 9000);
  }
});

test("arguments and responses are what JSON can say", () => {
  const echo = (/** @type {unknown} */ args) => /** @type {any} */ (args);
  const run = new FakeHost({ tools: { echo, nothing: () => /** @type {any} */ (undefined) } }).run((cx) => {
    for (const value of [{ a: [1] }, [null], "x", 0, null]) assert.deepEqual(cx.tools.call("echo", value).response, value);
    assert.deepEqual(cx.tools.call("echo").response, {});
    assert.throws(() => cx.tools.call("echo", /** @type {any} */ (1n)), /the arguments of a call cannot be written as JSON/);
    assert.throws(() => cx.tools.call("nothing"), /the response of `nothing` cannot be written as JSON/);
  }, "");
  assert.ok(run.ok);
});

test("a call keeps its id, and gets one where it has none", () => {
  const run = new FakeHost({ tools: { add } }).run(({ tools }) => {
    const asked = functionCall("from-the-model", "add", SUM);
    const responses = [tools.call("add", SUM), tools.call(asked), tools.start("add", SUM).finish(), tools.start(asked).finish()];
    const all = tools.callAll([asked, { name: "add", args: SUM }]);
    return [...responses, ...all].map((response) => ("id" in response ? response.id : response.kind)).join();
  }, "");
  assert.equal(run.answer, "call-1,from-the-model,call-2,from-the-model,from-the-model,call-3");
  assert.deepEqual(run.toolCalls.map(({ id }) => id).slice(0, 2), ["call-1", "from-the-model"]);
});

test("a response is a part of a content", () => {
  const run = new FakeHost({ tools: { add } }).run((cx) => new Content("function", [cx.tools.call("add", SUM)]), "");
  assert.deepEqual(run.outcome.content?.parts, [functionResponse("call-1", "add", 3)]);
});

test("what is said with a call is kept", () => {
  const run = new FakeHost({ tools: { add } }).run((cx) => {
    const args = { ...SUM };
    cx.tools.call("add", args, { timeoutMs: 0.5, idempotencyKey: "k", relay: true, extra: { n: 1 } });
    args.a = 7;
    cx.tools.start({ id: "1", name: "add", args: SUM }, { timeoutMs: 5 });
  }, "");
  const made = { tool: "add", args: SUM, relay: false, cancelled: false };
  assert.deepEqual(run.toolCalls, [
    { ...made, id: "call-1", timeoutMs: 1, idempotencyKey: "k", relay: true, extra: { n: 1 } },
    { ...made, id: "1", timeoutMs: 5 },
  ]);
});

test("the tools that may be called are listed by name", () => {
  const parameters = { type: "object", required: ["a"] };
  const described = { run: add, description: "Adds.", parameters, hints: { readOnly: true, idempotent: true }, extra: [1] };
  new FakeHost({ tools: { b: described, a: add } }).run((cx) => {
    const none = { readOnly: false, destructive: false, idempotent: false, openWorld: false, needsApproval: false };
    const hints = { ...none, readOnly: true, idempotent: true };
    assert.deepEqual(cx.tools.available(), [
      { name: "a", description: "", parameters: { type: "object" }, hints: none, extra: undefined },
      { name: "b", description: "Adds.", parameters, hints, extra: [1] },
    ]);
  }, "");
});

test("what is not there cannot be called", () => {
  for (const run of [call, start]) {
    const { failure, toolCalls } = new FakeHost({ tools: { sub: add, mul: add } }).run(run, "");
    assert.deepEqual([failure.kind, failure.message], ["not-found", "no tool is called `add`; the test has mul, sub"]);
    assert.deepEqual(toolCalls, []);
  }
  assert.match(new FakeHost().run(call, "").failure.message, /the test has none$/);
});

test("a tool that says that it failed answers", () => {
  new FakeHost({ tools: { add: () => new Failed({ error: "overflow" }) } }).run((cx) => {
    const response = functionResponse("call-1", "add", { error: "overflow" }, { failed: true });
    assert.deepEqual(cx.tools.call("add", SUM), response);
  }, "");
});

test("a call that fails is its failure", () => {
  const down = Failure.unavailable("no server");
  const throws = () => {
    throw down;
  };
  for (const run of [call, start]) {
    for (const add of [throws, () => down]) {
      const { kind, message } = new FakeHost({ tools: { add } }).run(run, "").failure;
      assert.deepEqual([kind, message], ["unavailable", "no server"]);
    }
  }
});

test("a tool that takes too long is too late", () => {
  const within = (/** @type {number} */ timeoutMs) =>
    new FakeHost({ tools: { add: slow } }).run((cx) => String(cx.tools.call("add", SUM, { timeoutMs }).response), "");
  const { failure, sleptMs } = within(2000);
  assert.deepEqual([failure.kind, failure.code, sleptMs], ["deadline-exceeded", undefined, 2000]);
  assert.equal(within(9000).answer, "3");
});

test("tools, children and timers are waited for together", () => {
  const agents = { a: (/** @type {Content} */ input) => input.text };
  const run = new FakeHost({ tools: { add: slow }, agents }).run((cx) => {
    const [sum, child, timer] = [cx.tools.start("add", SUM), cx.agents.start("a", "hi"), cx.timer(5000)];
    assert.deepEqual(cx.waitAny([sum, child, timer]), [1]);
    assert.deepEqual(cx.waitAny([sum, timer]), [1]);
    sum.block();
    assert.ok(sum.ready());
    return `${sum.finish().response} ${child.finish().text}`;
  }, "");
  assert.deepEqual([run.answer, run.sleptMs], ["3 hi", 9000]);
});

test("all are called at once, and a failure is in its place", () => {
  const run = new FakeHost({ tools: { add: slow } }).run((cx) => {
    const calls = [{ name: "add", args: SUM }, { name: "sub" }, functionCall("7", "add", { a: 2, b: 2 })];
    const responses = cx.tools.callAll(calls, { timeoutMs: DAY_MS, idempotencyKey: "k", relay: true, extra: 1 });
    return responses.map((one) => (one instanceof Failure ? one.kind : `${one.id}: ${one.response}`)).join();
  }, "");
  assert.deepEqual([run.answer, run.sleptMs], ["call-1: 3,not-found,7: 4", 9000]);
  const options = { timeoutMs: DAY_MS, idempotencyKey: "k", relay: true, extra: 1 };
  assert.deepEqual(run.toolCalls[0], { id: "call-1", tool: "add", args: SUM, ...options, cancelled: false });
});

test("a call that was given up says so each time", () => {
  const run = new FakeHost({ tools: { add: slow } }).run((cx) => {
    const running = cx.tools.start("add", SUM);
    running.cancel();
    assert.ok(running.ready());
    for (const _ of [1, 2]) assert.throws(() => running.finish(), { kind: "failed", code: "cancelled" });
  }, "");
  assert.deepEqual([run.ok, run.toolCalls[0]?.cancelled, run.sleptMs], [true, true, 0]);
});

test("a call that is over cannot be given up, and answers the same again", () => {
  const run = new FakeHost({ tools: { list: () => [1] } }).run((cx) => {
    const running = cx.tools.start("list");
    running.cancel();
    const { response } = running.finish();
    /** @type {number[]} */ (response).push(2);
    assert.deepEqual(running.finish().response, [1]);
  }, "");
  assert.deepEqual([run.ok, run.toolCalls[0]?.cancelled], [true, false]);
});

test("a call ends when it is disposed of or with the run", () => {
  const disposes = (/** @type {Context} */ cx) => {
    const running = cx.tools.start("add", SUM);
    assert.ok(!running.ready());
    running.dispose();
    assert.throws(() => running.finish(), /disposed of/);
    cx.sleep(DAY_MS);
  };
  for (const way of [disposes, (/** @type {Context} */ cx) => void cx.tools.start("add", SUM)]) {
    const run = new FakeHost({ tools: { add: slow } }).run(way, "");
    assert.deepEqual([run.ok, run.toolCalls[0]?.cancelled], [true, true]);
  }
});

test("a person decides on a tool that needs it", () => {
  for (const run of [call, start]) {
    const decided = (/** @type {import("rak/testing").Reply} */ reply) => new FakeHost({ tools: { add: careful }, people: [reply] }).run(run, "");
    const approved = decided({ approved: true });
    const asked = [{ type: "approve", action: "Call add?", details: SUM, expiresInMs: DAY_MS }];
    assert.deepEqual([approved.answer, approved.asked], ["3", asked]);
    const edited = decided({ approved: true, edited: { a: 2, b: 2 } });
    assert.deepEqual([edited.answer, edited.toolCalls[0]?.args], ["4", SUM]);
    const { kind, code, message } = decided({ approved: false, reason: "too much" }).failure;
    assert.deepEqual([kind, code, message], ["denied", "rejected", "a person did not approve the call of add: too much"]);
    const nobody = decided(null);
    assert.deepEqual([nobody.failure.isExpired(), nobody.sleptMs], [true, DAY_MS]);
  }
});

test("an answer to a question approves nothing", () => {
  const host = new FakeHost({ tools: { add: careful }, people: [{ answer: 4 }] });
  assert.throws(() => host.run(call, ""), /`Call add\?` is to be approved, where `people` has the answer to a question/);
});

test("a run ends while it waits for a tool, and the call with it", () => {
  for (const run of [call, start]) {
    const cancelled = new FakeHost({ tools: { add: slow }, cancelAfterMs: 5 }).run(run, "");
    assert.deepEqual([cancelled.failure.kind, cancelled.failure.code, cancelled.sleptMs], ["cancelled", undefined, 5]);
    const late = new FakeHost({ tools: { add: slow }, deadlineMs: 7 }).run(run, "");
    assert.deepEqual([late.failure.kind, late.sleptMs], ["deadline-exceeded", 7]);
    for (const { toolCalls } of [cancelled, late]) assert.ok(toolCalls[0]?.cancelled);
  }
});

test("nothing is called once the run is being cancelled", () => {
  const allAtOnce = (/** @type {Context} */ cx) => {
    const [first] = cx.tools.callAll([{ name: "add" }, { name: "add" }]);
    throw first;
  };
  for (const run of [call, start, allAtOnce, (/** @type {Context} */ cx) => void cx.tools.available()]) {
    const { failure, toolCalls } = new FakeHost({ tools: { add }, cancelAfterCalls: 0 }).run(run, "");
    assert.deepEqual([failure.kind, toolCalls], ["cancelled", []]);
  }
});
