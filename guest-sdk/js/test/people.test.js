import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure } from "rak";
import { FakeHost } from "rak/testing";

/** @import { Context } from "rak" */

const HOUR_MS = 3_600_000;

const approve = (/** @type {Context} */ cx) => JSON.stringify(cx.people.approve("Buy?", { price: 4 }, { expiresInMs: HOUR_MS }));
const ask = (/** @type {Context} */ cx) => JSON.stringify(cx.people.ask("How many?", { type: "integer" }));

test("a decision is what somebody decided", () => {
  const decided = (/** @type {import("rak/testing").Reply} */ reply) => new FakeHost({ people: [reply] }).run(approve, "").answer;
  assert.equal(decided({ approved: true }), '{"approved":true}');
  assert.equal(decided({ approved: false, by: "ada", reason: "too dear" }), '{"approved":false,"by":"ada","reason":"too dear"}');
  assert.equal(decided({ approved: true, edited: { price: 3 } }), '{"approved":true,"edited":{"price":3}}');
});

test("an answer is JavaScript's own value, and a copy", () => {
  const answer = { sizes: [1] };
  const run = new FakeHost({ people: [{ answer }, { answer }] }).run((cx) => {
    const first = cx.people.ask("Which?", true);
    first.sizes.push(2);
    return JSON.stringify([first, cx.people.ask("Which?", true)]);
  }, "");
  assert.equal(run.answer, '[{"sizes":[1,2]},{"sizes":[1]}]');
});

test("what people were asked is kept", () => {
  const details = { price: 4 };
  const run = new FakeHost({ people: [{ approved: true }, { answer: null }, { approved: true }] }).run((cx) => {
    cx.people.approve("Buy?", details, { expiresInMs: 0.5 });
    details.price = 5;
    cx.people.ask("How many?", { type: "integer" });
    cx.people.approve("Go on?");
  }, "");
  assert.deepEqual(run.asked, [
    { type: "approve", action: "Buy?", details: { price: 4 }, expiresInMs: 1 },
    { type: "ask", question: "How many?", schema: { type: "integer" } },
    { type: "approve", action: "Go on?", details: null },
  ]);
});

test("a question that nobody answers expires, and the next one may be answered", () => {
  const run = new FakeHost({ people: [null, { approved: true, by: "the boss" }] }).run((cx) => {
    try {
      return approve(cx);
    } catch (thrown) {
      assert.ok(thrown instanceof Failure && thrown.isExpired());
      return approve(cx);
    }
  }, "");
  assert.deepEqual([run.answer, run.sleptMs], ['{"approved":true,"by":"the boss"}', HOUR_MS]);
  const { failure } = new FakeHost().run(approve, "");
  assert.deepEqual([failure.kind, failure.code, failure.isExpired()], ["deadline-exceeded", "expired", true]);
});

test("a run ends while it waits for a person", () => {
  for (const run of [approve, ask, (/** @type {Context} */ cx) => cx.people.nextMessage()?.text]) {
    const cancelled = new FakeHost({ cancelAfterMs: 5 }).run(run, "");
    assert.deepEqual([cancelled.failure.kind, cancelled.sleptMs], ["cancelled", 5]);
    const late = new FakeHost({ deadlineMs: 7 }).run(run, "");
    assert.deepEqual([late.failure.kind, late.failure.isExpired(), late.sleptMs], ["deadline-exceeded", false, 7]);
  }
});

test("nobody is asked once the run is being cancelled", () => {
  const people = [{ approved: true }, { answer: 4 }];
  for (const run of [approve, ask, (/** @type {Context} */ cx) => cx.people.nextMessage(0)?.text]) {
    const { failure, asked } = new FakeHost({ people, messages: ["hi"], cancelAfterCalls: 0 }).run(run, "");
    assert.deepEqual([failure.kind, asked], ["cancelled", []]);
  }
  const twice = new FakeHost({ people, cancelAfterCalls: 1 }).run((cx) => approve(cx) + ask(cx), "");
  assert.deepEqual([twice.failure.kind, twice.asked.length], ["cancelled", 1]);
});

test("a test that does not say who answers fails, whatever the agent catches", () => {
  const hiding = (/** @type {(cx: Context) => unknown} */ run) => (/** @type {Context} */ cx) => {
    try {
      run(cx);
    } catch {
      return "all is well";
    }
    return "answered";
  };
  assert.throws(() => new FakeHost().run(hiding(ask), ""), /nobody answers `How many\?`, which does not expire/);
  assert.throws(() => new FakeHost({ people: [null] }).run(ask, ""), /nobody answers `How many\?`/);
  assert.throws(() => new FakeHost({ people: [{ approved: true }] }).run(hiding(ask), ""), /where `people` has a decision/);
  assert.throws(() => new FakeHost({ people: [{ answer: 4 }] }).run(hiding(approve), ""), /wants `Buy\?` approved/);
  assert.throws(() => new FakeHost().run((cx) => cx.people.nextMessage()?.text, ""), /waits without end for a message/);
  assert.throws(() => new FakeHost({ people: [/** @type {any} */ ({})] }).run(ask, ""), /a reply has `approved` or `answer`/);
});

test("messages come in the order in which they were sent", () => {
  const messages = ["stop", new Content("user", ["no, ", "go on"])];
  const run = new FakeHost({ messages }).run(({ people }) => {
    const said = [people.nextMessage(0), people.nextMessage(), people.nextMessage(0), people.nextMessage(HOUR_MS)];
    return said.map((message) => message?.text ?? "none").join(", ");
  }, "");
  assert.deepEqual([run.answer, run.sleptMs], ["stop, no, go on, none, none", HOUR_MS]);
});

test("what JSON cannot say is nothing to ask about", () => {
  const details = new FakeHost().run((cx) => void cx.people.approve("Buy?", /** @type {any} */ (1n)), "");
  assert.match(details.failure.message, /the details of an action cannot be written as JSON/);
  const schema = new FakeHost().run((cx) => void cx.people.ask("Which?", /** @type {any} */ (undefined)), "");
  assert.match(schema.failure.message, /the schema of an answer cannot be written as JSON/);
  const action = new FakeHost().run((cx) => void cx.people.approve(/** @type {any} */ (5)), "");
  assert.match(action.failure.message, /an action is not a string/);
});
