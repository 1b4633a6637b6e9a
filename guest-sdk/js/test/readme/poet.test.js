import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeHost } from "rak/testing";

import poet from "./poet.js";

test("writes and judges", () => {
  const models = { small: [{ score: 4, why: "It is short." }], large: ["Roses are red."] };
  const run = new FakeHost({ models }).run(poet, "roses");
  assert.equal(run.answer, "Roses are red.\n(4 of 10: It is short.)");
  assert.deepEqual(run.textDeltas, ["Roses ", "are ", "red."]);
  const [large, small] = run.modelCalls;
  assert.equal(large.request.contents[0].text, "A poem about roses, please.");
  assert.deepEqual([small.model, small.request.system], ["small", "Judge this poem."]);
});
