import assert from "node:assert/strict";
import { test } from "node:test";

import { functionCall } from "rak";
import { FakeHost } from "rak/testing";

import newsroom from "./newsroom.js";

test("writes until the critic approves", () => {
  const agents = { archive: () => "It rained.", weather: () => "The sun shines." };
  const small = ["Rain, sun.", "Too short.", "After rain comes sun.", functionCall("1", "approve", {})];
  const run = new FakeHost({ agents, models: { small } }).run(newsroom, "Berlin");
  assert.equal(run.answer, "After rain comes sun.");
  const [first, , second] = run.modelCalls.map(({ request }) => request);
  assert.equal(first.contents.at(-1).text, "It rained.\n\nThe sun shines.");
  assert.equal(second.system, "Write a report of what you are told. Your last draft: Rain, sun.");
});
