import assert from "node:assert/strict";
import { test } from "node:test";

import { Failed, FakeHost } from "rak/testing";

import assistant from "./assistant.js";

test("calls what the model wants", () => {
  const call = (name) => ({ id: name, name, args: { path: "/tmp" } });
  const tools = {
    model: ({ tools }) => ({ calls: tools.map(({ name }) => name).filter((name) => name !== "model").map(call) }),
    list: () => ["a", "b"],
    remove: { run: () => "gone", hints: { destructive: true, needsApproval: true } },
    stat: () => new Failed("no such path"),
  };
  const people = [{ approved: false, reason: "not today" }];
  const run = new FakeHost({ tools, people }).run(assistant, "What is in /tmp? And remove it.");
  assert.deepEqual(run.answer.split("\n"), [
    'list: ["a","b"]',
    "remove could not be called: a person did not approve the call of remove: not today",
    'stat says that it failed: "no such path"',
  ]);
  assert.deepEqual(run.toolCalls[1].args, { path: "/tmp" });
});
