import assert from "node:assert/strict";
import { test } from "node:test";

import { functionCall, functionResponse } from "rak";
import { FakeHost } from "rak/testing";

import waiter from "./waiter.js";

test("serves tea", () => {
  const small = [
    functionCall("1", "price", { item: "tea" }),
    functionCall("2", "order", { item: "tea", count: 2 }),
    "Two teas, that makes 7 euros.",
  ];
  const run = new FakeHost({ models: { small }, state: { "user:name": "Ada" } }).run(waiter, "Two teas, please.");
  assert.equal(run.answer, "Two teas, that makes 7 euros.");
  assert.deepEqual(run.state.order, { item: "tea", count: 2 });
  const [first, second] = run.modelCalls.map(({ request }) => request);
  assert.equal(first.system, "You are the waiter of a café. The guest is Ada.");
  assert.deepEqual(second.contents.at(-1).parts, [functionResponse("1", "price", 3.5)]);
});
