/**
 * What the README shows is what is tested: its tests pass, its agents run, and `test/types` checks their types.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { transformSync } from "esbuild";
import { FakeHost } from "rak/testing";

import "./readme/agent.test.js";
import "./readme/buyer.test.js";
import "./readme/publisher.test.js";
import "./readme/assistant.test.js";
import "./readme/reporter.test.js";
import "./readme/diary.test.js";
import "./readme/waiter.test.js";
import "./readme/poet.test.js";
import "./readme/newsroom.test.js";
import zipper from "./readme/waiting.js";

/** @param {string} path */
function read(path) {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

test("the README shows what is tested", () => {
  const shown = [...read("../README.md").matchAll(/```[jt]s\n([^]*?)```/g)].map(([, code]) => code);
  const names = ["agent", "buyer", "publisher", "assistant", "reporter", "diary", "waiter", "poet", "newsroom"];
  const agents = names.flatMap((name) => [`${name}.js`, `${name}.test.js`]);
  assert.deepEqual(shown, [...agents, "described.ts", "waiting.js"].map((file) => read(`readme/${file}`)));
});

test("an agent with a model takes twenty lines", () => {
  assert.ok(read("readme/waiter.js").trimEnd().split("\n").length <= 20);
});

test("the agent in TypeScript adds", async () => {
  const { code } = transformSync(read("readme/described.ts").replace('"rak"', JSON.stringify(import.meta.resolve("rak"))), { loader: "ts" });
  const { default: adder } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const run = new FakeHost().run(adder, '{"a": 1, "b": 2}');
  assert.equal(run.answer, "1 and 2 make 3.");
  assert.deepEqual(run.customs, [{ type: "custom", name: "sum", value: { value: 3 } }]);
});

test("the asynchronous agent waits", async () => {
  const run = await new FakeHost().run(zipper, "a".repeat(1000));
  assert.match(run.answer, /^1000 characters, \d\d bytes as gzip\.$/);
});
