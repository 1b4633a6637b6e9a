import assert from "node:assert/strict";
import { test } from "node:test";

import { AgentReply, Content, Failure, Outcome } from "rak";
import { FakeHost } from "rak/testing";

/** @import { Context } from "rak" */

const HOUR_MS = 3_600_000;

const shout = (/** @type {Content} */ input) => input.text.toUpperCase();
const slow = { run: shout, takesMs: 9000 };

const call = (/** @type {Context} */ cx) => cx.agents.call("shout", "hi").text;
const start = (/** @type {Context} */ cx) => cx.agents.start("shout", "hi").finish().text;

test("a child answers", () => {
  for (const run of [call, start]) {
    const { answer, agentCalls } = new FakeHost({ agents: { shout } }).run(run, "");
    assert.equal(answer, "HI");
    const input = Content.user("hi");
    assert.deepEqual(agentCalls, [{ agent: "shout", input, relay: false, detached: false, cancelled: false }]);
    assert.equal(new FakeHost({ agents: { shout: slow } }).run(run, "").sleptMs, 9000);
  }
});

test("a reply has everything", () => {
  const outcome = new Outcome({ content: "b", escalate: true, transferTo: "billing", extra: { n: [1] } });
  const agents = { text: () => "a", nothing: () => undefined, all: () => outcome };
  new FakeHost({ agents }).run((cx) => {
    const reply = (/** @type {ConstructorParameters<typeof AgentReply>[0]} */ said) => new AgentReply(said);
    const text = cx.agents.call("text");
    assert.deepEqual(text, reply({ invocationId: "test-child-1", content: Content.model("a") }));
    const nothing = cx.agents.call("nothing");
    assert.deepEqual([nothing, nothing.text], [reply({ invocationId: "test-child-2" }), ""]);
    const { content, ...rest } = cx.agents.call("all");
    assert.deepEqual(content, Content.model("b"));
    assert.deepEqual(rest, { invocationId: "test-child-3", escalate: true, transferTo: "billing", extra: { n: [1] } });
  }, "");
});

test("a child can be an agent in earnest", () => {
  const doubles = (/** @type {Context} */ _cx, /** @type {Content} */ input) => String(input.json() * 2);
  const sleeps = (/** @type {Context} */ cx) => cx.sleep(HOUR_MS);
  const emits = (/** @type {Context} */ cx) => void [cx.events.content(Content.model("a")), cx.events.content(Content.model("b"))];
  const agents = {
    doubles: (/** @type {Content} */ input) => new FakeHost().run(doubles, input),
    emits: (/** @type {Content} */ input) => new FakeHost().run(emits, input),
    sleeps: (/** @type {Content} */ input) => new FakeHost().run(sleeps, input),
  };
  const run = new FakeHost({ agents }).run((cx) => {
    assert.equal(cx.agents.call("doubles", "4").text, "8");
    assert.equal(cx.agents.call("emits").text, "b");
    assert.throws(() => cx.agents.call("doubles", "{"), { kind: "invalid-argument" });
    cx.agents.call("sleeps");
  }, "");
  assert.equal(run.sleptMs, HOUR_MS);
});

test("what is said with a call is kept", () => {
  const run = new FakeHost({ agents: { shout } }).run((cx) => {
    const input = Content.user("a");
    cx.agents.call("shout", input, { session: "s", timeoutMs: 0.5, relay: true, extra: { n: 1 } });
    input.parts.length = 0;
    cx.agents.start("shout", "b", { detached: true });
  }, "");
  const flags = { relay: false, detached: false, cancelled: false };
  assert.deepEqual(run.agentCalls, [
    { ...flags, agent: "shout", input: Content.user("a"), session: "s", timeoutMs: 1, relay: true, extra: { n: 1 } },
    { ...flags, agent: "shout", input: Content.user("b"), detached: true },
  ]);
});

test("the agents that may be called are listed by name", () => {
  const described = { run: shout, description: "Shouts.", version: "2.0.0", inputSchema: true, extra: [1] };
  new FakeHost({ agents: { b: described, a: shout } }).run((cx) => {
    assert.deepEqual(cx.agents.available(), [
      { name: "a", description: "", version: "1.0.0", inputSchema: undefined, extra: undefined },
      { name: "b", description: "Shouts.", version: "2.0.0", inputSchema: true, extra: [1] },
    ]);
  }, "");
});

test("who is not there cannot be called", () => {
  for (const run of [call, start]) {
    const { failure, agentCalls } = new FakeHost({ agents: { b: shout, a: shout } }).run(run, "");
    assert.deepEqual([failure.kind, failure.message], ["not-found", "no agent is called `shout`; the test has a, b"]);
    assert.deepEqual(agentCalls, []);
  }
  assert.match(new FakeHost().run(call, "").failure.message, /the test has none$/);
});

test("a child that fails is its failure", () => {
  const asleep = Failure.unavailable("asleep", { retryAfterMs: 2 });
  const throws = () => {
    throw asleep;
  };
  for (const run of [call, start]) {
    for (const shout of [throws, () => asleep, () => new FakeHost().run(throws, "")]) {
      const { kind, message, retryAfterMs } = new FakeHost({ agents: { shout } }).run(run, "").failure;
      assert.deepEqual([kind, message, retryAfterMs], ["unavailable", "asleep", 2]);
    }
  }
});

test("a child that takes too long has timed out", () => {
  const calls = [
    (/** @type {number} */ timeoutMs) => (/** @type {Context} */ cx) => cx.agents.call("slow", "x", { timeoutMs }).text,
    (/** @type {number} */ timeoutMs) => (/** @type {Context} */ cx) => cx.agents.start("slow", "x", { timeoutMs }).finish().text,
  ];
  for (const within of calls) {
    const { failure, sleptMs, agentCalls } = new FakeHost({ agents: { slow } }).run(within(2000), "");
    assert.deepEqual([failure.kind, failure.code, sleptMs], ["deadline-exceeded", "timed_out", 2000]);
    assert.deepEqual([failure.details, agentCalls[0]?.cancelled], [{ invocationId: "test-child-1" }, false]);
    assert.equal(new FakeHost({ agents: { slow } }).run(within(9000), "").answer, "X");
  }
});

test("children and timers are waited for together", () => {
  const run = new FakeHost({ agents: { slow, quick: shout } }).run((cx) => {
    const [a, b, timer] = [cx.agents.start("slow", "a"), cx.agents.start("quick", "b"), cx.timer(5000)];
    assert.deepEqual([a.ready(), b.ready()], [false, true]);
    assert.deepEqual(cx.waitAny([a, b, timer]), [1]);
    assert.deepEqual(cx.waitAny([a, timer]), [1]);
    a.block();
    assert.ok(a.ready());
    return a.finish().text + b.finish().text;
  }, "");
  assert.deepEqual([run.answer, run.sleptMs], ["AB", 9000]);
});

test("all are called at once, and a failure is in its place", () => {
  const fails = () => Failure.unavailable("asleep");
  const run = new FakeHost({ agents: { slow, fails } }).run((cx) => {
    const tasks = ["slow", "fails", "nobody", "slow"].map((agent, index) => ({ agent, input: `x${index}` }));
    const ends = cx.agents.callAll(tasks, { timeoutMs: HOUR_MS, relay: true });
    return ends.map((end) => (end instanceof Failure ? end.kind : end.text)).join();
  }, "");
  assert.deepEqual([run.answer, run.sleptMs], ["X0,unavailable,not-found,X3", 9000]);
  assert.deepEqual(run.agentCalls.map(({ timeoutMs, relay }) => [timeoutMs, relay]), Array(3).fill([HOUR_MS, true]));
});

test("a cancelled child says so each time", () => {
  const run = new FakeHost({ agents: { slow } }).run((cx) => {
    const child = cx.agents.start("slow");
    child.cancel();
    child.cancel();
    assert.ok(child.ready());
    const cancelled = { kind: "failed", code: "cancelled", details: { invocationId: child.invocationId } };
    for (const _ of [1, 2]) assert.throws(() => child.finish(), cancelled);
  }, "");
  assert.deepEqual([run.ok, run.agentCalls[0]?.cancelled, run.sleptMs], [true, true, 0]);
});

test("a child that is over cannot be cancelled, and answers the same again", () => {
  const run = new FakeHost({ agents: { shout } }).run((cx) => {
    const child = cx.agents.start("shout", "a");
    child.cancel();
    const first = child.finish();
    first.content?.parts.splice(0);
    return child.finish().text;
  }, "");
  assert.deepEqual([run.answer, run.agentCalls[0]?.cancelled], ["A", false]);
});

test("a child ends when it is disposed of or with the run, unless it is detached", () => {
  const disposes = (/** @type {Context} */ cx, /** @type {boolean} */ detached) => {
    const child = cx.agents.start("slow", "", { detached });
    assert.ok(!child.ready());
    child[Symbol.dispose]();
    child.dispose();
    for (const use of [() => child.finish(), () => child.cancel(), () => child.ready(), () => cx.waitAny([child])]) {
      assert.throws(use, /disposed of/);
    }
    cx.sleep(HOUR_MS);
  };
  const ends = (/** @type {Context} */ cx, /** @type {boolean} */ detached) => cx.agents.start("slow", "", { detached }).invocationId;
  for (const way of [disposes, ends]) {
    for (const detached of [false, true]) {
      const run = new FakeHost({ agents: { slow } }).run((cx) => void way(cx, detached), "");
      assert.deepEqual([run.ok, run.agentCalls[0]?.cancelled], [true, !detached]);
    }
  }
});

test("a run ends while it waits for a child, and the child with it", () => {
  for (const run of [call, start]) {
    const cancelled = new FakeHost({ agents: { shout: slow }, cancelAfterMs: 5 }).run(run, "");
    assert.deepEqual([cancelled.failure.kind, cancelled.failure.code, cancelled.sleptMs], ["cancelled", undefined, 5]);
    const late = new FakeHost({ agents: { shout: slow }, deadlineMs: 7 }).run(run, "");
    assert.deepEqual([late.failure.kind, late.failure.code, late.sleptMs], ["deadline-exceeded", undefined, 7]);
    for (const { agentCalls } of [cancelled, late]) assert.ok(agentCalls[0]?.cancelled);
  }
});

test("nobody is called once the run is being cancelled", () => {
  for (const run of [call, start, (/** @type {Context} */ cx) => void cx.agents.available()]) {
    const { failure, agentCalls } = new FakeHost({ agents: { shout }, cancelAfterCalls: 0 }).run(run, "");
    assert.deepEqual([failure.kind, agentCalls], ["cancelled", []]);
  }
  const host = new FakeHost({ agents: { shout }, cancelAfterCalls: 2 });
  assert.equal(host.run(start, "").answer, "HI");
  assert.equal(host.run((cx) => cx.agents.start("shout").invocationId && start(cx), "").failure.kind, "cancelled");
});

test("only a text or a content is told to an agent", () => {
  const run = new FakeHost({ agents: { shout } }).run((cx) => cx.agents.call("shout", /** @type {any} */ ({ a: 1 })).text, "");
  assert.match(run.failure.message, /a value of type object is no Content/);
});
