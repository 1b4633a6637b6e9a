import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure, ModelResponse, functionCall, inlineData, text, thought } from "rak";
import { Failed, FakeHost, FakeResponse } from "rak/testing";

import conformance from "./agent.js";

/**
 * @param {string} input
 * @param {import("rak/testing").FakeHostOptions} [options]
 */
function run(input, options) {
  return new FakeHost(options).run(conformance, input);
}

test("content and events", () => {
  assert.deepEqual(run("echo a  b").textDeltas, ["a ", " ", "b"]);
  assert.equal(run("echo a  b").answer, "a  b");
  assert.equal(run("answer a b ").answer, "a b ");
  assert.equal(run("nothing").outcome.content, undefined);
  assert.equal(run("nothing").contents[0].text, "said before");
  assert.deepEqual(run("kinds").outcome.content.parts.map(({ type }) => type), [
    "text", "thought", "inline-data", "file-data", "file-data", "function-call", "function-response", "custom",
  ]);
  assert.equal(run("events").answer, "2");
  assert.deepEqual(run("progress").progress, [{ type: "progress", message: "no numbers" }]);
  assert.equal(run("outcome").outcome.transferTo, "other");
  assert.equal(run("bytes 3").answer, "xxx");
});

test("more parts than one", () => {
  const input = (/** @type {string} */ name, /** @type {import("rak").Part} */ part) => Content.user(name, part);
  const host = new FakeHost();
  assert.equal(host.run(conformance, input("text-size", text("ü"))).answer, "2");
  assert.equal(host.run(conformance, input("data-size", inlineData("a/b", [1, 2]))).answer, "2");
  assert.deepEqual(host.run(conformance, input("parts", text("b"))).outcome.content, Content.model("b"));
});

test("failing", () => {
  const { kind, code, retryAfterMs, details } = run("fail rate-limited").failure;
  assert.deepEqual([kind, code, retryAfterMs, details], ["rate-limited", "E_ASKED", 1500, { asked: true }]);
  const { failure } = run("throw boom");
  assert.deepEqual([failure.code, failure.message], ["exception", "RangeError: boom"]);
  assert.match(failure.details.stack, /thrower/);
  assert.equal(run("overflow").failure.code, "exception");
  assert.equal(run("huh x").failure.message, "no behaviour is called huh");
});

test("session", () => {
  const state = { k: { a: [1, null] } };
  const history = [{ author: "user", content: "one" }, { author: "echo", content: "two" }];
  assert.deepEqual(run('set k {"b": 2}').state, { k: { b: 2 } });
  assert.equal(run("get k", { state }).answer, '{"a":[1,null]}');
  assert.equal(run("get k").answer, "none");
  assert.deepEqual(run("remove k", { state }).state, {});
  assert.equal(run("keys ", { state }).answer, "k");
  assert.equal(run("history 1", { history }).answer, "echo: two");
  assert.equal(run("pages 1", { history }).answer, "user: one\necho: two");
});

test("context, waiting and stopping", () => {
  assert.equal(JSON.parse(run("context").answer).userId, "test-user");
  assert.equal(run("config a", { config: { a: 1 } }).answer, "1");
  assert.equal(run("config-keys", { config: { b: 1, a: 1 } }).answer, "a,b");
  assert.equal(run("remaining").answer, "none");
  assert.equal(run("sleep 5").sleptMs, 5);
  assert.equal(run("any").answer, "1");
  assert.equal(run("timeout").answer, "none");
  assert.equal(run("block").answer, "ready");
  assert.equal(run("wait", { cancelAfterMs: 9 }).failure.kind, "cancelled");
  assert.equal(run("poll", { cancelAfterMs: 9 }).sleptMs, 9);
  assert.equal(run("log").logs.length, 5);
});

test("people", () => {
  const people = [{ approved: true, by: "ada", reason: "why not", edited: { b: 2 } }];
  const approved = run('approve 9 {"a": 1}', { people });
  assert.equal(approved.answer, '{"approved":true,"by":"ada","reason":"why not","edited":{"b":2}}');
  assert.deepEqual(approved.asked, [{ type: "approve", action: "Do it?", details: { a: 1 }, expiresInMs: 9 }]);
  const rejected = run("approve 0 null", { people: [{ approved: false }] });
  assert.equal(rejected.answer, '{"approved":false,"by":null,"reason":null,"edited":null}');
  assert.deepEqual(rejected.asked, [{ type: "approve", action: "Do it?", details: null }]);
  const asked = run('ask 0 {"type": "object"}', { people: [{ answer: { a: [1] } }] });
  assert.equal(asked.answer, '{"a":[1]}');
  assert.deepEqual(asked.asked, [{ type: "ask", question: "Well?", schema: { type: "object" } }]);
  assert.equal(run("message ever", { messages: ["hi"] }).answer, "hi");
  assert.deepEqual([run("message 5").answer, run("message 5").sleptMs], ["none", 5]);
  assert.equal(run("expired").answer, "deadline-exceeded expired");
});

test("other agents", () => {
  const agents = {
    conformance: (/** @type {Content} */ input) => new FakeHost().run(conformance, input),
    echo: (/** @type {Content} */ input) => input.text,
  };
  const calls = (/** @type {string} */ input) => run(input, { agents });
  assert.equal(calls("agents").answer, "conformance,echo");
  const answer = '{"answer":"done","escalate":true,"transferTo":"other","extra":{"n":1}}';
  assert.equal(calls("call conformance outcome").answer, answer);
  assert.ok(calls("call conformance outcome").agentCalls[0].relay);
  const nothing = '{"answer":"said before","escalate":false,"transferTo":null,"extra":null}';
  assert.equal(calls("call conformance nothing").answer, nothing);
  const inSession = calls("call-in s echo hi ho");
  assert.deepEqual([inSession.answer, inSession.agentCalls[0].session], ["hi ho", "s"]);
  assert.equal(calls("call-fails 5 conformance sleep 9").answer, "deadline-exceeded timed_out");
  assert.equal(calls("call-fails 0 conformance fail denied").answer, "denied E_ASKED");
  assert.equal(calls("call-fails 0 nobody x").answer, "not-found -");
  assert.equal(calls("fan echo a b").answer, "a b 1,a b 2,a b 3");
  const race = calls("race conformance");
  assert.deepEqual([race.answer, race.sleptMs, race.agentCalls[0].cancelled], ["1 slept", 1, true]);
  const drop = calls("drop conformance");
  assert.deepEqual([drop.answer, drop.agentCalls[0].cancelled], ["test-child-1", true]);
  const detach = calls("detach conformance sleep 9");
  assert.deepEqual([detach.answer, detach.agentCalls[0].cancelled], ["test-child-1", false]);
});

test("tools", () => {
  const tools = {
    add: { run: ({ a, b }) => ({ sum: a + b }), hints: { readOnly: true, openWorld: true, needsApproval: false } },
    sorry: () => new Failed(null),
    remove: { run: () => 1, hints: { needsApproval: true } },
  };
  const uses = (/** @type {string} */ input) => run(input, { tools, people: [{ approved: false }] });
  assert.equal(uses("tools").answer, "add,remove,sorry");
  assert.equal(uses("hints add").answer, "read-only,open-world");
  assert.equal(uses("hints sorry").answer, "");
  assert.equal(uses('tool add {"a": 1, "b": 2}').answer, '{"response":{"sum":3},"failed":false}');
  assert.equal(uses("tool sorry {}").answer, '{"response":null,"failed":true}');
  assert.deepEqual(uses("tool sorry {}").toolCalls.map(({ id }) => id), ["1"]);
  assert.equal(uses("tool-fails remove {}").answer, "denied rejected");
  assert.equal(uses("tool-fails nothing {}").answer, "not-found -");
  const three = '[{"response":null,"failed":true},{"response":null,"failed":true},{"response":null,"failed":true}]';
  assert.equal(uses("tool-all sorry {}").answer, three);
  assert.equal(uses('tool-start add {"a": 1, "b": 3}').answer, '{"response":{"sum":4},"failed":false}');
});

test("models", () => {
  const answers = new Map([
    ["hello", Content.model(thought("hm"), "good day to you")],
    ["mood", Content.model('{"mood":"good"}')],
  ]);
  const usage = { inputTokens: 3, outputTokens: 4 };
  const small = {
    run({ contents }) {
      const content = answers.get(contents.at(-1).text) ?? "what?";
      return new ModelResponse({ model: "small-1", content, usage });
    },
    embed: (/** @type {string} */ text) => [0.5, text.length, 0],
  };
  const caller = ({ contents }) =>
    contents.at(-1).role === "function" ? "so it is" : functionCall("1", "add", { a: 1, b: 2 });
  const broken = [Failure.unavailable("never reached")];
  const asks = (/** @type {string} */ input) => run(input, { models: { small, caller, broken } });
  assert.equal(asks("models").answer, "small,caller,broken");
  const counted = '"finish":"stop","input":3,"output":4}';
  assert.equal(asks("complete - hello").answer, `{"text":"good day to you",${counted}`);
  assert.equal(asks("complete small so what").answer, `{"text":"what?",${counted}`);
  for (const input of ["relay hello", "deltas hello"]) {
    const { answer, events } = asks(input);
    assert.equal(answer, "good day to you");
    assert.deepEqual(events.map(({ type, text }) => [type, text]), [
      ["thought-delta", "hm"],
      ...["good ", "day ", "to ", "you"].map((word) => ["text-delta", word]),
    ]);
  }
  const dropped = run("drop-model hello", { models: { small: { ...small, takesMs: 9 } } });
  assert.deepEqual([dropped.answer, dropped.modelCalls[0].cancelled], ["dropped", true]);
  const called = asks("function");
  assert.equal(called.answer, '{"a":1,"b":2} so it is');
  assert.deepEqual(called.modelCalls[1].request.contents.map(({ role }) => role), ["user", "model", "function"]);
  assert.equal(asks("structured mood").answer, '{"mood":"good"}');
  assert.equal(asks("model-fails broken hello").answer, "unavailable -");
  assert.equal(asks("model-fails nothing hello").answer, "not-found -");
  assert.equal(asks("embed hello").answer, "3,3,0.5");
});

test("http", () => {
  const url = "http://127.0.0.1:1";
  const http = {
    [`${url}/hello`]: new FakeResponse("hello", { headers: { "X-Kind": "greeting" } }),
    [`${url}/echo`]: (/** @type {import("rak").HttpRequest} */ request) =>
      `${request.method} ${request.headers.get("x-sent") ?? "-"} ${request.text()}`,
    [`${url}/missing`]: new FakeResponse("nothing here", { status: 404 }),
    [`${url}/away`]: new FakeResponse("", { status: 302, headers: { Location: "/hello" } }),
    [`${url}/secret`]: ({ credential }) => (credential === "sesame" ? "let in" : new FakeResponse("no", { status: 401 })),
    [`${url}/pieces`]: new FakeResponse("", { pieces: ["one", "two", "three"], takesMs: 9 }),
  };
  const asks = (/** @type {string} */ input) => run(input.replaceAll("URL", url), { http });
  assert.equal(asks("http GET URL/hello").answer, "200 hello");
  assert.equal(asks("http PUT URL/echo").answer, "200 PUT - ");
  assert.equal(asks("http GET URL/missing").answer, "404 nothing here");
  assert.equal(asks("http-send URL/echo a  b").answer, "200 POST 1 a  b");
  assert.equal(asks("http-header URL/hello").answer, "greeting");
  assert.equal(asks("http-stays URL/away").answer, "302 true");
  assert.equal(asks("http-secret URL/secret").answer, "200 let in");
  const streamed = asks("http-stream URL/pieces");
  assert.deepEqual([streamed.answer, streamed.textDeltas, streamed.sleptMs], ["200 onetwothree", ["one", "two", "three"], 9]);
  assert.equal(asks("http-two URL/pieces URL/hello").answer, "onetwothree,hello");
  const dropped = asks("http-drop URL/pieces");
  assert.deepEqual([dropped.answer, dropped.httpCalls[0].cancelled], ["dropped", true]);
  assert.equal(asks("http-fails GET URL/nowhere").answer, "denied -");
});

test("artifacts", () => {
  let host = new FakeHost();
  const does = (/** @type {string} */ input) => {
    const ended = host.run(conformance, input);
    host = host.after(ended);
    return ended.answer;
  };
  assert.deepEqual([does("artifact one"), does("artifact two")], ["1", "2"]);
  assert.equal(does("artifact-load notes/today.txt"), "text/plain two");
  assert.equal(does("artifact-load nothing"), "none");
  assert.equal(does("artifact-version notes/today.txt 1"), "text/plain one");
  assert.equal(does("artifact-version notes/today.txt 3"), "none");
  assert.equal(does("artifact-bytes"), "0001feff");
  assert.equal(does("artifact-pieces"), "one t|wo th|ree");
  assert.equal(does("artifacts"), "long.txt@1:13,notes/today.txt@2:3,user:raw.bin@1:4");
  assert.equal(does("artifacts user:"), "user:raw.bin@1:4");
  assert.equal(does("artifact-versions notes/today.txt"), "2,1");
  assert.deepEqual([does("artifact-remove long.txt"), does("artifact-remove long.txt")], ["true", "false"]);
  assert.equal(does("artifact-fails ../a"), "invalid-argument -");
});
