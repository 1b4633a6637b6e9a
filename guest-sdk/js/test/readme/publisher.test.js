import assert from "node:assert/strict";
import { test } from "node:test";

import { Failure } from "rak";
import { FakeHost } from "rak/testing";

import publisher from "./publisher.js";

test("publishes what there is", () => {
  const agents = {
    summarizer: () => "Short.",
    translator: (input) => (input.text.startsWith("French") ? Failure.unavailable("on strike") : "Kurz."),
    critic: { run: () => "Too short.", takesMs: 3_600_000 },
  };
  const run = new FakeHost({ agents }).run(publisher, "A long story.");
  assert.equal(run.answer, "Short.\nKurz.\n(not in French: on strike)");
  assert.equal(run.agentCalls[0].timeoutMs, 60_000);
  assert.ok(run.agentCalls.at(-1).cancelled); // by the end of the run
});
