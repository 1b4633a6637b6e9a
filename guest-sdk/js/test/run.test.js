import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure, Outcome, agent, custom, progress } from "rak";
import { FakeHost } from "rak/testing";

const host = new FakeHost();

test("everything reasonable is an outcome", () => {
  assert.equal(host.run(() => "hi", "").answer, "hi");
  assert.deepEqual(host.run(() => "hi", "").outcome.content, Content.model("hi"));
  assert.equal(host.run(() => Content.model("hi"), "").answer, "hi");
  assert.equal(host.run(() => undefined, "").outcome.content, undefined);
  const outcome = new Outcome({ content: "hi", escalate: true, transferTo: "b", extra: null });
  assert.deepEqual(host.run(() => outcome, "").outcome, outcome);
});

test("anything else is the author's mistake", () => {
  for (const answer of [5, { a: 1 }, [], true]) {
    const { failure } = host.run(/** @type {any} */ (() => answer), "");
    assert.equal(failure.code, "exception");
    assert.match(failure.message, /returns a string, a Content, an Outcome or nothing/);
  }
});

test("what is yielded is emitted, and yield answers with the number", () => {
  const run = host.run(function* () {
    const first = yield "a";
    const second = yield Content.model("b");
    const third = yield [custom("c", 1), progress("d", 1, 2)];
    return [first, second, third].join();
  }, "");
  assert.equal(run.answer, "0,1,2");
  assert.deepEqual(run.events.map(({ type }) => type), ["text-delta", "content", "custom", "progress"]);
});

test("a refused event is thrown into the generator, whose clean-up runs", () => {
  const steps = /** @type {string[]} */ ([]);
  const run = host.with({ cancelAfterCalls: 1 }).run(function* () {
    try {
      yield "a";
      steps.push("one");
      yield "b";
      steps.push("two");
    } finally {
      steps.push("clean");
    }
  }, "");
  assert.equal(run.failure.kind, "cancelled");
  assert.deepEqual(steps, ["one", "clean"]);
});

test("a generator may make something else of a refusal", () => {
  const run = host.with({ cancelAfterCalls: 0 }).run(function* () {
    try {
      yield "a";
    } catch (refused) {
      return `${refused instanceof Failure && refused.kind}`;
    }
    return "never";
  }, "");
  assert.equal(run.answer, "cancelled");
});

test("what cannot be emitted is refused where it is yielded", () => {
  const run = host.run(/** @type {any} */ (function* () {
    yield 7;
  }), "");
  assert.match(run.failure.message, /emits strings, contents and events .* not a value of type number/);
});

test("an asynchronous agent is run to its end too", async () => {
  const plain = await host.run(async () => "later", "");
  assert.equal(plain.answer, "later");
  const streamed = await host.run(async function* () {
    const seq = yield Content.model("a");
    await null;
    yield "b";
    return `c${seq}`;
  }, "");
  assert.deepEqual([streamed.answer, streamed.events.length], ["c1", 2]);
  const failed = await host.run(async () => {
    throw Failure.notFound("nothing");
  }, "");
  assert.equal(failed.failure.kind, "not-found");
  const refused = await host.with({ cancelAfterCalls: 0 }).run(async function* () {
    yield "a";
  }, "");
  assert.equal(refused.failure.kind, "cancelled");
});

test("run sees the agent it belongs to", () => {
  const made = agent({
    description: "Says what it is.",
    run() {
      return this.description;
    },
  });
  assert.equal(host.run(made, "").answer, "Says what it is.");
});
