/**
 * The component's own modules, with imports as the two engines have them.
 */

import assert from "node:assert/strict";
import { register } from "node:module";
import { test } from "node:test";

import { AgentReply, Artifact, Content, Failure, HttpHead, HttpHeaders, HttpResponse, ModelResponse, Outcome } from "rak";
import { agent, functionCall, functionResponse, progress } from "rak";

register("./support/hooks.js", import.meta.url);
const { component } = await import("rak/component");

/** How the engines differ: what `none` is, and what a number of 64 bits is. */
const ENGINES = /** @type {const} */ ([
  ["quickjs", null, Number],
  ["starlingmonkey", undefined, BigInt],
]);

/**
 * Runs an agent in a component, on a host that is an object.
 *
 * @param {any} run
 * @param {{ [interface: string]: any }} imports
 */
function runIn(run, imports = {}) {
  const named = Object.entries(imports).map(([name, functions]) => [`rak:agent/${name}@0.1.5`, functions]);
  /** @type {any} */ (globalThis).imports = Object.fromEntries(named);
  return component(agent({ name: "a", run })).run({ role: "user", parts: [{ tag: "text", val: "hi" }] });
}

test("an agent describes itself, and package.json says the rest", () => {
  const skill = { id: "s", name: "S" };
  const manifest = { name: "@mine/greeter", description: "Greets.", version: "1.0.0" };
  const described = component(agent({ version: "2.0.0", skills: [skill], inputSchema: true, run() {} }), manifest).describe();
  assert.deepEqual(described, {
    name: "greeter",
    description: "Greets.",
    version: "2.0.0",
    skills: [{ ...skill, description: "", tags: [], examples: [] }],
    inputSchema: "true",
    extra: undefined,
  });
});

test("what is no agent is no component", () => {
  assert.throws(() => component(/** @type {any} */ ({})), /needs a function `run/);
  assert.throws(() => component(agent({ run() {} })), /needs a `name`/);
  const bad = /** @type {any} */ ([1]);
  assert.throws(() => component(agent({ name: "a", skills: bad, run() {} })), /the id of a skill is not a string/);
});

test("an outcome is lowered", () => {
  const lowered = runIn(() => new Outcome({ content: "x", escalate: true, transferTo: "b", extra: null }));
  const content = { role: "model", parts: [{ tag: "text", val: "x" }] };
  assert.deepEqual(lowered, { content, escalate: true, transferTo: "b", extra: "null" });
});

test("whatever is thrown is thrown as a failure of the contract", () => {
  const conflict = () => {
    throw Failure.conflict("no", { code: "C", retryAfterMs: 0.5 });
  };
  const expected = { kind: "conflict", code: "C", message: "no", retryAfterMs: 1, details: undefined };
  assert.throws(() => runIn(conflict), expected);
  const exception = () => /** @type {any} */ (undefined).x;
  assert.throws(() => runIn(exception), { kind: "failed", code: "exception", message: /^TypeError: .*undefined/ });
  assert.throws(() => runIn(() => new Outcome({ extra: /** @type {any} */ (1n) })), { code: "exception" });
});

test("a promise is waited for where there is an event loop", async () => {
  assert.equal((await runIn(async () => "later")).content.parts[0].val, "later");
  const failing = async () => {
    throw Failure.notFound("x");
  };
  await assert.rejects(runIn(failing), { kind: "not-found", message: "x" });
});

for (const [engine, none, wide] of ENGINES) {
  test(`the host's answers are JavaScript's own values on ${engine}`, () => {
    const raw = { invocationId: "i", sessionId: "s", userId: "u", agent: "a", agentVersion: "v", attempt: 1 };
    const entry = { seq: wide(3), author: "user", content: { role: "user", parts: [] }, atMs: wide(1500) };
    const hints = { readOnly: true, destructive: false, idempotent: true, openWorld: false, needsApproval: false };
    const answer = {
      model: "m-1",
      content: { role: "model", parts: [{ tag: "text", val: "hi" }] },
      finish: { tag: "other", val: "paused" },
      usage: { inputTokens: wide(1), outputTokens: wide(2), cachedTokens: wide(3), thoughtTokens: wide(4), extra: '{"x":6}' },
      extra: none,
    };
    const head = { status: 404, url: "https://b", headers: [["x", "1"], ["x", "2"]], extra: '{"x":10}' };
    const info = { name: "a", version: 2, mimeType: "text/plain", size: wide(3), createdAtMs: wide(1500), extra: none };
    const imports = {
      context: {
        get: () => ({ ...raw, parentId: none, traceparent: none, extra: '{"x":1}' }),
        config: (/** @type {string} */ key) => (key === "n" ? "3" : none),
        configKeys: () => ["n"],
        isCancelled: () => false,
        remainingMs: () => wide(5),
      },
      session: {
        get: () => none,
        keys: () => ["a"],
        history: () => ({ entries: [entry], next: none }),
      },
      people: {
        approve: () => ({ approved: true, by: none, reason: none, edited: '{"x":2}' }),
        ask: () => "[4]",
        nextMessage: (/** @type {unknown} */ timeoutMs) => (timeoutMs === 0 ? none : entry.content),
      },
      agents: {
        available: () => [{ name: "b", description: "B.", version: "1", inputSchema: "true", extra: none }],
        call: () => ({ invocationId: "i1", content: none, escalate: false, transferTo: none, extra: '{"x":3}' }),
        start: () => ({
          invocationId: () => "i2",
          finish: () => ({ invocationId: "i2", content: entry.content, escalate: true, transferTo: "c", extra: none }),
          subscribe: () => ({ ready: () => true }),
        }),
      },
      tools: {
        available: () => [{ name: "add", description: "Adds.", parameters: "true", hints, extra: none }],
        call: () => ({ id: "call-1", name: "add", response: '{"x":4}', failed: true }),
        callAll: () => [
          { tag: "ok", val: { id: "7", name: "add", response: "null", failed: false } },
          { tag: "err", val: { kind: "denied", code: "rejected", message: "no", retryAfterMs: none, details: none } },
        ],
        start: () => ({
          finish: () => ({ id: "call-2", name: "add", response: "5", failed: false }),
          subscribe: () => ({ ready: () => true }),
        }),
      },
      models: {
        available: () => [{ name: "small", description: "Fast.", extra: none }],
        complete: () => ({ ...answer, finish: { tag: "function-calls" }, extra: '{"x":7}' }),
        open: () => ({
          next: () => [
            { tag: "text", val: "a" },
            { tag: "thought", val: "b" },
            { tag: "function-call", val: { id: "1", name: "add", args: '{"x":8}' } },
            { tag: "other", val: "9" },
          ],
          finish: () => answer,
          subscribe: () => ({ ready: () => true }),
        }),
        embed: () => ({ model: "m-1", vectors: [Float32Array.of(0.5)], usage: answer.usage, extra: none }),
      },
      http: {
        fetch: () => ({ head, body: Uint8Array.of(1) }),
        open: () => ({
          head: () => ({ ...head, extra: none }),
          read: () => Uint8Array.of(2),
          subscribe: () => ({ ready: () => true }),
        }),
      },
      artifacts: {
        save: () => 2,
        load: (/** @type {string} */ name) => (name === "a" ? { mimeType: "text/plain", data: Uint8Array.of(3) } : none),
        read: () => Uint8Array.of(4),
        available: () => [info],
        versions: () => [],
        remove: () => true,
      },
      wait: { any: () => Uint32Array.of(1), timer: () => ({ ready: () => true }) },
    };
    runIn((/** @type {import("rak").Context} */ cx) => {
      assert.deepEqual(cx.info, { ...raw, parentId: undefined, traceparent: undefined, extra: { x: 1 } });
      assert.deepEqual([cx.config("n"), cx.config("x"), cx.configKeys()], [3, undefined, ["n"]]);
      assert.deepEqual([cx.isCancelled(), cx.remainingMs()], [false, 5]);
      assert.deepEqual([cx.session.get("k"), cx.session.keys()], [undefined, ["a"]]);
      const entries = [{ seq: 3, author: "user", content: new Content("user"), at: new Date(1500) }];
      assert.deepEqual(cx.session.history(), { entries, next: undefined });
      const decision = { approved: true, by: undefined, reason: undefined, edited: { x: 2 } };
      assert.deepEqual([cx.people.approve("a"), cx.people.ask("b", true)], [decision, [4]]);
      assert.deepEqual([cx.people.nextMessage(), cx.people.nextMessage(0)], [new Content("user"), undefined]);
      const summary = { name: "b", description: "B.", version: "1", inputSchema: true, extra: undefined };
      assert.deepEqual(cx.agents.available(), [summary]);
      assert.deepEqual(cx.agents.call("b"), new AgentReply({ invocationId: "i1", extra: { x: 3 } }));
      const child = cx.agents.start("b");
      assert.deepEqual([child.invocationId, child.ready()], ["i2", true]);
      const tool = { name: "add", description: "Adds.", parameters: true, hints, extra: undefined };
      assert.deepEqual(cx.tools.available(), [tool]);
      assert.deepEqual(cx.tools.call("add"), functionResponse("call-1", "add", { x: 4 }, { failed: true }));
      const running = cx.tools.start("add");
      assert.deepEqual([running.ready(), running.finish()], [true, functionResponse("call-2", "add", 5)]);
      const [done, refused] = cx.tools.callAll([{ name: "add" }]);
      assert.deepEqual(done, functionResponse("7", "add", null));
      assert.ok(refused instanceof Failure && refused.kind === "denied" && refused.code === "rejected");
      assert.deepEqual(cx.models.available(), [{ name: "small", description: "Fast.", extra: undefined }]);
      const usage = { inputTokens: 1, outputTokens: 2, cachedTokens: 3, thoughtTokens: 4, extra: { x: 6 } };
      const written = { model: "m-1", content: "hi", usage };
      const calls = new ModelResponse({ ...written, finish: "function-calls", extra: { x: 7 } });
      assert.deepEqual(cx.models.complete("hi"), calls);
      const completion = cx.models.open("hi");
      assert.deepEqual([completion.ready(), completion.finish()], [true, new ModelResponse({ ...written, finish: "paused" })]);
      assert.deepEqual(completion.read(), [
        { type: "text-delta", text: "a" },
        { type: "thought-delta", text: "b" },
        functionCall("1", "add", { x: 8 }),
        { type: "other", value: 9 },
      ]);
      assert.deepEqual(cx.models.embed(["a"]), { model: "m-1", vectors: [[0.5]], usage, extra: undefined });
      const begun = { status: 404, url: "https://b", headers: new HttpHeaders([["x", "1"], ["x", "2"]]) };
      assert.deepEqual(cx.http.fetch("https://a"), new HttpResponse({ ...begun, body: Uint8Array.of(1), extra: { x: 10 } }));
      const exchange = cx.http.open("https://a");
      assert.deepEqual([exchange.ready(), exchange.head(), exchange.read()], [true, new HttpHead(begun), Uint8Array.of(2)]);
      assert.deepEqual([cx.artifacts.save("a", "b"), cx.artifacts.remove("a")], [2, true]);
      assert.deepEqual(cx.artifacts.load("a"), new Artifact("text/plain", Uint8Array.of(3)));
      assert.deepEqual([cx.artifacts.load("b"), cx.artifacts.read("a", 1)], [undefined, Uint8Array.of(4)]);
      const listed = { name: "a", version: 2, mimeType: "text/plain", size: 3, createdAt: new Date(1500), extra: undefined };
      assert.deepEqual(cx.artifacts.list(), [listed]);
      assert.deepEqual(cx.artifacts.versions("a"), []);
      const reply = { invocationId: "i2", content: new Content("user"), escalate: true, transferTo: "c" };
      assert.deepEqual(child.finish(), new AgentReply(reply));
      assert.deepEqual(cx.waitAny([cx.timer(1)]), [1]);
    }, imports);
  });

  test(`a refusal of the host is a failure on ${engine}`, () => {
    const payload = { kind: "denied", code: none, message: "no", retryAfterMs: wide(7), details: '{"a":1}' };
    const get = () => {
      throw Object.assign(new Error("refused"), { payload });
    };
    runIn((/** @type {import("rak").Context} */ cx) => {
      assert.throws(() => cx.session.get("k"), { name: "Failure", kind: "denied", retryAfterMs: 7, details: { a: 1 } });
    }, { session: { get } });
  });

  test(`a question that expired is a failure on ${engine}`, () => {
    const payload = { kind: "deadline-exceeded", code: "expired", message: "no", retryAfterMs: none, details: none };
    const expired = () => {
      throw Object.assign(new Error("refused"), { payload });
    };
    runIn(({ people }) => {
      const calls = [() => people.approve("a"), () => people.ask("b", true), () => people.nextMessage()];
      for (const call of calls) assert.throws(call, (failure) => failure instanceof Failure && failure.isExpired());
    }, { people: { approve: expired, ask: expired, nextMessage: expired } });
  });

  test(`a child that failed is a failure on ${engine}`, () => {
    const payload = { kind: "deadline-exceeded", code: "timed_out", message: "no", retryAfterMs: none, details: '{"a":1}' };
    const fails = () => {
      throw Object.assign(new Error("refused"), { payload });
    };
    runIn(({ agents }) => {
      const calls = [() => agents.available(), () => agents.call("a"), () => agents.start("a").finish()];
      for (const call of calls) assert.throws(call, { name: "Failure", code: "timed_out", details: { a: 1 } });
    }, { agents: { available: fails, call: fails, start: () => ({ finish: fails }) } });
    runIn(({ tools }) => {
      const calls = [() => tools.available(), () => tools.call("a"), () => tools.start("a").finish()];
      for (const call of calls) assert.throws(call, { name: "Failure", code: "timed_out", details: { a: 1 } });
    }, { tools: { available: fails, call: fails, start: () => ({ finish: fails }) } });
    runIn(({ models }) => {
      const opened = models.open("a");
      const calls = [() => models.available(), () => models.complete("a"), () => models.embed([]), () => opened.read(), () => opened.finish()];
      for (const call of calls) assert.throws(call, { name: "Failure", code: "timed_out", details: { a: 1 } });
    }, { models: { available: fails, complete: fails, embed: fails, open: () => ({ next: fails, finish: fails }) } });
    runIn(({ http }) => {
      const opened = http.open("a");
      const calls = [() => http.fetch("a"), () => opened.head(), () => opened.read()];
      for (const call of calls) assert.throws(call, { name: "Failure", code: "timed_out", details: { a: 1 } });
    }, { http: { fetch: fails, open: () => ({ head: fails, read: fails }) } });
    const files = { save: fails, load: fails, read: fails, available: fails, versions: fails, remove: fails };
    runIn(({ artifacts: kept }) => {
      const reads = [() => kept.load("a"), () => kept.read("a", 1), () => kept.list(), () => kept.versions("a")];
      const calls = [...reads, () => kept.save("a", "b"), () => kept.remove("a")];
      for (const call of calls) assert.throws(call, { name: "Failure", code: "timed_out", details: { a: 1 } });
    }, { artifacts: files });
  });
}

test("what goes on is dropped after what is waited for", () => {
  const dropped = /** @type {string[]} */ ([]);
  const resource = (/** @type {string} */ name) => ({ [Symbol.dispose]: () => void dropped.push(name) });
  const waitable = { ready: () => true, block() {}, ...resource("waitable") };
  runIn((/** @type {import("rak").Context} */ cx) => {
    const child = cx.agents.start("a");
    assert.ok(child.ready());
    child.cancel();
    child.dispose();
    cx.agents.start("a").dispose();
    const running = cx.tools.start("b");
    running.block();
    running.dispose();
    const completion = cx.models.open("c");
    completion.block();
    completion.cancel();
    completion.dispose();
    const exchange = cx.http.open("d");
    exchange.block();
    exchange.cancel();
    exchange.dispose();
  }, {
    agents: { start: () => ({ subscribe: () => waitable, cancel: () => void dropped.push("cancel"), ...resource("child") }) },
    tools: { start: () => ({ subscribe: () => waitable, ...resource("running") }) },
    models: { open: () => ({ subscribe: () => waitable, cancel: () => void dropped.push("cancel"), ...resource("completion") }) },
    http: { open: () => ({ subscribe: () => waitable, cancel: () => void dropped.push("cancel"), ...resource("exchange") }) },
  });
  const children = ["cancel", "waitable", "child", "child"];
  const others = ["waitable", "running", "cancel", "waitable", "completion", "cancel", "waitable", "exchange"];
  assert.deepEqual(dropped, [...children, ...others]);
});

test("what the agent says reaches the host as the contract has it", () => {
  const calls = /** @type {unknown[]} */ ([]);
  const note = (/** @type {unknown[]} */ ...values) => void calls.push(values);
  const imports = {
    events: { emit: (/** @type {unknown} */ list) => (note(list), 1n) },
    session: { set: note, remove: note },
    people: {
      approve: (/** @type {unknown[]} */ ...values) => (note(...values), { approved: true }),
      ask: (/** @type {unknown[]} */ ...values) => (note(...values), "1"),
      nextMessage: note,
    },
    agents: {
      call: (/** @type {unknown[]} */ ...values) => (note(...values), { invocationId: "i", escalate: false }),
      start: note,
    },
    tools: {
      call: (/** @type {unknown[]} */ ...values) => (note(...values), { id: "1", name: "a", response: "1", failed: false }),
      callAll: (/** @type {unknown[]} */ ...values) => (note(...values), []),
      start: note,
    },
    models: { open: note, embed: (/** @type {unknown[]} */ ...values) => (note(...values), { model: "m", vectors: [], usage: {} }) },
    http: { open: (/** @type {unknown} */ request) => (note(request), { read: note }) },
    artifacts: {
      save: (/** @type {unknown[]} */ ...values) => (note(...values), 1),
      load: note,
      read: (/** @type {unknown[]} */ ...values) => (note(...values), []),
      available: (/** @type {unknown[]} */ ...values) => (note(...values), []),
      remove: (/** @type {unknown[]} */ ...values) => (note(...values), true),
    },
    log: { write: note },
    wait: { sleep: note },
  };
  runIn(function* (/** @type {import("rak").Context} */ cx) {
    assert.equal(yield ["a", progress("b", 1)], 1);
    cx.session.set("k\ud83d", { a: 1 });
    cx.session.remove("k");
    cx.people.approve("do\ud83d", { a: 1 });
    cx.people.ask("well", { enum: [1] }, { expiresInMs: 0.5 });
    cx.people.nextMessage(7);
    cx.agents.call("a\ud83d", "x");
    const options = { session: "s\ud83d", timeoutMs: 0.5, relay: true, detached: true, extra: { n: 1 } };
    cx.agents.start("b", Content.user("y", "z"), options);
    cx.tools.call("a\ud83d", { n: 1 });
    cx.tools.start("b", [], { timeoutMs: 0.5, idempotencyKey: "k\ud83d", relay: true, extra: { n: 1 } });
    cx.tools.callAll([functionCall("7", "c", null), { name: "d" }]);
    cx.models.open("x");
    cx.models.open([Content.user("y")], {
      model: "m\ud83d",
      system: "s\ud83d",
      tools: [{ name: "a\ud83d", description: "A.", parameters: { n: 1 } }],
      toolChoice: { name: "a\ud83d" },
      maxOutputTokens: 2 ** 40,
      temperature: 0.5,
      stop: ["e\ud83d"],
      responseSchema: true,
      relay: "all",
      extra: { n: 1 },
    });
    cx.models.embed(["a\ud83d"]);
    cx.models.embed([], { model: "m\ud83d" });
    cx.http.open("https://a\ud83d");
    const asked = /** @type {const} */ ({ credential: "c\ud83d", timeoutMs: 0.5, redirect: "manual", extra: { n: 1 } });
    cx.http.open("https://a", { method: "PUT", headers: { A: "1\ud83d" }, body: Uint8Array.of(1), ...asked }).read(2 ** 40);
    cx.artifacts.save("a\ud83d", "b", "text/plain\ud83d");
    cx.artifacts.load("a");
    cx.artifacts.load("a", 2);
    cx.artifacts.read("a", 2, 2 ** 40, 2 ** 40);
    cx.artifacts.list();
    cx.artifacts.remove("a", 2);
    cx.log.info("m", { n: 1 });
    cx.sleep(0.5);
  }, imports);
  assert.deepEqual(calls, [
    [[{ tag: "text-delta", val: "a" }, { tag: "progress", val: { message: "b", done: 1, total: undefined } }]],
    ["k\ufffd", '{"a":1}'],
    ["k"],
    ["do\ufffd", '{"a":1}', undefined],
    ["well", '{"enum":[1]}', 1],
    [7],
    [
      "a\ufffd",
      { role: "user", parts: [{ tag: "text", val: "x" }] },
      { session: undefined, timeoutMs: undefined, relayEvents: false, detached: false, extra: undefined },
    ],
    [
      "b",
      { role: "user", parts: [{ tag: "text", val: "y" }, { tag: "text", val: "z" }] },
      { session: "s\ufffd", timeoutMs: 1, relayEvents: true, detached: true, extra: '{"n":1}' },
    ],
    [
      { id: "call-1", name: "a\ufffd", args: '{"n":1}' },
      { timeoutMs: undefined, idempotencyKey: undefined, relayEvents: false, extra: undefined },
    ],
    [
      { id: "call-2", name: "b", args: "[]" },
      { timeoutMs: 1, idempotencyKey: "k\ufffd", relayEvents: true, extra: '{"n":1}' },
    ],
    [
      [{ id: "7", name: "c", args: "null" }, { id: "call-3", name: "d", args: "{}" }],
      { timeoutMs: undefined, idempotencyKey: undefined, relayEvents: false, extra: undefined },
    ],
    [
      {
        model: undefined,
        system: undefined,
        contents: [{ role: "user", parts: [{ tag: "text", val: "x" }] }],
        tools: [],
        toolChoice: { tag: "auto" },
        maxOutputTokens: undefined,
        temperature: undefined,
        stop: [],
        responseSchema: undefined,
        relay: "off",
        extra: undefined,
      },
    ],
    [
      {
        model: "m\ufffd",
        system: "s\ufffd",
        contents: [{ role: "user", parts: [{ tag: "text", val: "y" }] }],
        tools: [{ name: "a\ufffd", description: "A.", parameters: '{"n":1}' }],
        toolChoice: { tag: "named", val: "a\ufffd" },
        maxOutputTokens: 2 ** 32 - 1,
        temperature: 0.5,
        stop: ["e\ufffd"],
        responseSchema: "true",
        relay: "all",
        extra: '{"n":1}',
      },
    ],
    [undefined, ["a\ufffd"]],
    ["m\ufffd", []],
    [
      {
        method: "GET",
        url: "https://a\ufffd",
        headers: [],
        body: new Uint8Array(),
        credential: undefined,
        timeoutMs: undefined,
        followRedirects: true,
        extra: undefined,
      },
    ],
    [
      {
        method: "PUT",
        url: "https://a",
        headers: [["a", "1\ufffd"]],
        body: Uint8Array.of(1),
        credential: "c\ufffd",
        timeoutMs: 1,
        followRedirects: false,
        extra: '{"n":1}',
      },
    ],
    [2 ** 32 - 1],
    ["a\ufffd", { mimeType: "text/plain\ufffd", data: Uint8Array.of(98) }],
    ["a", undefined],
    ["a", 2],
    ["a", 2, 2 ** 40, 2 ** 32 - 1],
    [""],
    ["a", 2],
    ["info", "m", [["n", "1"]]],
    [1],
  ]);
});
