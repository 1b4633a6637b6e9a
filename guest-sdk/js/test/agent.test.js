import assert from "node:assert/strict";
import { test } from "node:test";

import { agent } from "rak";

test("an agent is what it was made of, and stays so", () => {
  const run = () => "x";
  const made = agent({ name: "a", run });
  assert.deepEqual(made, { name: "a", run });
  assert.ok(Object.isFrozen(made));
});

test("what is no agent is refused with what to write", () => {
  for (const bad of [undefined, null, {}, { run: 1 }, "x"]) {
    assert.throws(() => agent(/** @type {any} */ (bad)), /needs a function `run\(cx, input\)`/);
  }
  const misspelt = /** @type {any} */ ({ run() {}, skils: [], nme: "x" });
  assert.throws(() => agent(misspelt), /no `skils`, `nme` \(there are: name, description/);
});
