import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeHost } from "rak/testing";

import buyer from "./buyer.js";

test("buys what somebody approves", () => {
  const run = new FakeHost({ people: [{ answer: "M" }, { approved: true }] }).run(buyer, "shirt");
  assert.equal(run.answer, 'Bought: {"item":"shirt","size":"M"}.');
  assert.deepEqual(run.asked[1].details, { item: "shirt", size: "M" });
});

test("buys nothing that is too dear", () => {
  const people = [{ answer: "L" }, { approved: false, reason: "too dear" }];
  assert.equal(new FakeHost({ people }).run(buyer, "yacht").answer, "Not bought: too dear.");
});

test("does not wait for longer than a day", () => {
  const run = new FakeHost({ people: [{ answer: "S" }] }).run(buyer, "shirt"); // and nobody decides
  assert.equal(run.answer, "Nobody decided within a day.");
  assert.equal(run.sleptMs, 86_400_000);
});
