import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeHost } from "rak/testing";

import greeter from "./agent.js";

test("greets and counts", () => {
  const run = new FakeHost({ state: { "user:greetings": 2 } }).run(greeter, "Ada");
  assert.equal(run.answer, "Hello, Ada! That makes 3.");
  assert.equal(run.state["user:greetings"], 3);
});

test("says what to send", () => {
  const run = new FakeHost().run(greeter, " ");
  assert.equal(run.failure.kind, "invalid-argument");
});

test("can be cancelled while it thinks", () => {
  const run = new FakeHost({ cancelAfterMs: 500 }).run(greeter, "Ada");
  assert.equal(run.failure.kind, "cancelled");
  assert.equal(run.sleptMs, 500); // of the fake clock
});
