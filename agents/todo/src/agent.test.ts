import assert from "node:assert/strict";
import { test } from "node:test";

import type { Json } from "rak";
import { FakeHost } from "rak/testing";

import todo from "./agent.ts";

const MILK = { text: "buy milk", done: false };
const CALL = { text: "call Ada", done: true };

function withList(list: Json): FakeHost {
  return new FakeHost({ state: { "user:todo": list } });
}

test("a list grows, is ticked off and shrinks from turn to turn", () => {
  let host = new FakeHost();
  const say = (text: string) => {
    const run = host.run(todo, text);
    host = host.after(run);
    return run;
  };
  assert.equal(say("list").answer, "Nothing to do.");
  assert.equal(say("add  buy   milk ").answer, "Added: buy milk\n1. [ ] buy milk");
  assert.equal(say("ADD call Ada").answer, "Added: call Ada\n1. [ ] buy milk\n2. [ ] call Ada");
  assert.equal(say("done 2").answer, "Done: call Ada\n1. [ ] buy milk\n2. [x] call Ada");
  const dropped = say("drop 1");
  assert.equal(dropped.answer, "Dropped: buy milk\n1. [x] call Ada");
  assert.deepEqual(dropped.state, { "user:todo": [CALL] });
});

test("a program gets the list beside the text", () => {
  const run = withList([MILK, CALL]).run(todo, "");
  assert.equal(run.answer, "1. [ ] buy milk\n2. [x] call Ada");
  assert.deepEqual(run.customs, [{ type: "custom", name: "todo", value: { items: [MILK, CALL], open: 1 } }]);
  assert.deepEqual(run.changes, {});
});

test("help says every command, and needs no list", () => {
  const run = new FakeHost().run(todo, "help");
  for (const verb of ["add", "list", "done", "drop"]) assert.match(run.answer, new RegExp(`^${verb}`, "m"));
  assert.deepEqual(run.events, []);
});

test("what is no list in the state is an empty one", () => {
  const none: Json[] = ["x", 7, true, { items: [] }, [1, null, [], {}, { text: 1 }, { text: " " }]];
  for (const garbage of none) {
    assert.equal(withList(garbage).run(todo, "list").answer, "Nothing to do.", JSON.stringify(garbage));
  }
});

test("what is an item among garbage is kept", () => {
  const run = withList([null, { text: "a\n b", done: "yes", more: 1 }, CALL]).run(todo, "done 1");
  assert.deepEqual(run.state["user:todo"], [{ text: "a b", done: true }, CALL]);
});

test("an item that is not there is not found, and nothing changes", () => {
  for (const message of ["done 2", "drop 2"]) {
    const run = withList([MILK]).run(todo, message);
    assert.equal(run.failure.kind, "not-found");
    assert.equal(run.failure.message, "there is no item 2; the list has 1");
    assert.deepEqual(run.changes, {});
  }
});

test("says what to send", () => {
  const bad = { add: "add buy milk", done: "done 2", "drop x": "drop 2", "done 0": "done 2", "drop -1": "drop 2", buy: "add" };
  for (const [message, instead] of Object.entries(bad)) {
    const { failure } = withList([MILK]).run(todo, message);
    assert.equal(failure.kind, "invalid-argument", message);
    assert.ok(failure.message.includes(instead), failure.message);
  }
});

test("a list and an item have an end", () => {
  const full = withList(Array.from({ length: 200 }, () => MILK));
  assert.equal(full.run(todo, "add more").failure.kind, "limit-exceeded");
  assert.equal(full.run(todo, "drop 200").ok, true);
  assert.equal(new FakeHost().run(todo, `add ${"x".repeat(501)}`).failure.kind, "invalid-argument");
});

test("a cancelled run changes nothing", () => {
  const run = withList([MILK]).with({ cancelAfterCalls: 1 }).run(todo, "drop 1");
  assert.equal(run.failure.kind, "cancelled");
});
