/**
 * Asking by HTTP, and the web of the fake host.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Failure, HttpHead, HttpHeaders, HttpRequest, HttpResponse } from "rak";
import { FakeHost, FakeResponse } from "rak/testing";

/** @typedef {import("rak").Context} Context */
/** @typedef {import("rak/testing").FakeHostOptions} Options */
/** @typedef {import("rak/testing").HttpAnswer} Answer */

const URL = "https://example.com/a";
const SLOW = new FakeResponse("", { pieces: ["one", "two", "three"], takesMs: 9 });
const TEXT = "text/plain;charset=UTF-8";

const fetches = (/** @type {Context} */ cx) => cx.http.fetch(URL).text();
const streams = function* (/** @type {Context} */ cx) {
  let all = "";
  for (const text of cx.http.open(URL).texts()) {
    yield text;
    all += text;
  }
  return all;
};
const ASKS = [fetches, streams];

/**
 * @param {Answer | ((request: HttpRequest) => Answer)} answer
 * @param {Options} [options]
 */
function host(answer, options = {}) {
  return new FakeHost({ http: { [URL]: answer }, ...options });
}

/**
 * What an agent gets of an answer.
 *
 * @param {Answer} answer
 * @param {string} [method]
 */
function response(answer, method = "GET") {
  const got = /** @type {HttpResponse[]} */ ([]);
  host(answer).run((cx) => void got.push(cx.http.fetch(URL, { method })), "x");
  return /** @type {HttpResponse} */ (got[0]);
}

test("the web answers", () => {
  for (const run of ASKS) {
    const ended = host("one two").run(run, "x");
    assert.equal(ended.answer, "one two");
    assert.deepEqual(ended.httpCalls, [{ request: new HttpRequest(URL), cancelled: false }]);
    assert.equal(host(SLOW).run(run, "x").sleptMs, 9);
  }
});

test("everything is said by name", () => {
  const options = /** @type {const} */ ({ credential: "c", timeoutMs: 1.5, redirect: "manual", extra: { a: 1 } });
  const { httpCalls } = host("").run((cx) => {
    cx.http.fetch(URL, { method: "PUT", headers: { "X-Sent": "1" }, body: "ä", ...options });
    cx.http.open(URL, { method: "POST", headers: [["A", "1"], ["a", "2"]], body: Uint8Array.of(0) });
  }, "x");
  const [put, post] = httpCalls.map(({ request }) => request);
  assert.deepEqual([put?.method, put?.text(), put?.headers.pairs], ["PUT", "ä", [["x-sent", "1"], ["content-type", TEXT]]]);
  assert.deepEqual([put?.credential, put?.timeoutMs, put?.redirect, put?.extra], ["c", 2, "manual", { a: 1 }]);
  assert.deepEqual([post?.method, post?.body, post?.headers.pairs], ["POST", Uint8Array.of(0), [["a", "1"], ["a", "2"]]]);
});

test("headers have names in any case", () => {
  const headers = new HttpHeaders([["Set-Cookie", "a"], ["x", "1"], ["set-cookie", "b"]]);
  assert.deepEqual([headers.get("SET-COOKIE"), headers.getAll("set-cookie"), headers.get("y")], ["a, b", ["a", "b"], undefined]);
  assert.deepEqual([headers.has("X"), headers.has("y")], [true, false]);
  assert.deepEqual(new HttpHeaders(headers), headers);
  assert.deepEqual(new HttpHeaders(new Headers({ A: "1" })).pairs, [["a", "1"]]);
});

test("JSON is sent as such", () => {
  const types = /** @type {unknown[]} */ ([]);
  const answer = (/** @type {HttpRequest} */ request) => {
    types.push(request.headers.get("content-type"));
    return request.json();
  };
  const run = new FakeHost({ http: { [`POST ${URL}`]: answer } }).run((cx) => {
    assert.deepEqual(cx.http.fetch(URL, { method: "POST", json: { a: [1] } }).json(), { a: [1] });
    return JSON.stringify(cx.http.fetch(URL, { method: "POST", json: null, headers: { "Content-Type": "a/b" } }).json());
  }, "x");
  assert.equal(run.answer, "null");
  assert.deepEqual(types, ["application/json", "a/b"]);
});

test("what is no request is refused before the host sees it", () => {
  assert.throws(() => new HttpRequest(URL, { body: "", json: 1 }), /`body` or `json`, not both/);
  assert.throws(() => new HttpRequest(URL, { redirect: /** @type {any} */ ("error") }), /`redirect` is follow or manual, not `error`/);
  assert.throws(() => new HttpRequest(URL, { body: /** @type {any} */ (5) }), /a string, a Uint8Array or an ArrayBuffer is needed/);
  const { failure, httpCalls } = host("").run((cx) => void cx.http.fetch(/** @type {any} */ (5)), "x");
  assert.deepEqual([failure.code, httpCalls], ["exception", []]);
});

test("an answer is what the test says", () => {
  const json = "application/json";
  const answers = /** @type {[Answer, string, string][]} */ ([
    ["ä", "ä", TEXT],
    [Uint8Array.of(65), "A", "application/octet-stream"],
    [{ a: [1] }, '{"a":[1]}', json],
    [null, "null", json],
    [new FakeResponse("<p>", { headers: { "Content-Type": "text/html" } }), "<p>", "text/html"],
    [new FakeResponse("", { pieces: ["a", "", Uint8Array.of(66)] }), "aB", TEXT],
  ]);
  for (const [answer, text, type] of answers) {
    const got = response(answer);
    assert.deepEqual([got.status, got.ok, got.url, got.text()], [200, true, URL, text]);
    assert.equal(got.headers.get("CONTENT-TYPE"), type);
    assert.deepEqual(response(/** @type {any} */ (() => answer)), got);
  }
  const empty = { url: URL, headers: new HttpHeaders(), body: new Uint8Array() };
  assert.deepEqual(response(new FakeResponse(undefined, { status: 204 })), new HttpResponse({ status: 204, ...empty }));
  assert.deepEqual(response(/** @type {any} */ (() => {})), new HttpResponse({ status: 200, ...empty }));
  const moved = response(new FakeResponse("no", { status: 404, url: "https://example.com/b" }));
  assert.deepEqual([moved.ok, moved.url], [false, "https://example.com/b"]);
  assert.equal(response("text", "HEAD").body.length, 0);
});

test("the first place that fits answers", () => {
  const http = {
    [`POST ${URL}`]: "posted",
    [URL]: "here",
    "https://example.com/*?q=*": "found",
    "GET https://example.org/*": "other",
  };
  const asks = (/** @type {string} */ url, /** @type {string} */ method = "GET") =>
    new FakeHost({ http }).run((cx) => cx.http.fetch(url, { method }).text(), "x");
  assert.deepEqual([asks(URL, "POST").answer, asks(URL).answer], ["posted", "here"]);
  assert.deepEqual([asks("https://example.com/s?q=a+b").answer, asks("https://example.org/x/y").answer], ["found", "other"]);
  const { failure, httpCalls } = asks("https://example.com/as?p=a");
  const there = "POST https://example.com/a, https://example.com/a, https://example.com/*?q=*, GET https://example.org/*";
  assert.deepEqual([failure.kind, failure.message], ["denied", `GET https://example.com/as?p=a is not allowed; the test has ${there}`]);
  assert.equal(httpCalls[0]?.request.url, "https://example.com/as?p=a");
  assert.match(new FakeHost().run(fetches, "x").failure.message, /the test has none$/);
});

test("text is not cut within a character", () => {
  const text = "aä€😀";
  const bytes = new TextEncoder().encode(text);
  const pieces = (/** @type {number} */ size) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size));
  for (let size = 1; size <= bytes.length; size += 1) {
    const run = host(new FakeResponse("", { pieces: pieces(size) })).run(streams, "x");
    assert.equal(run.answer, text);
    assert.ok(run.textDeltas.every((delta) => !delta.includes("\ufffd") && delta !== ""));
  }
  const broken = [Uint8Array.of(0x61, 0xe2), Uint8Array.of(0x82), Uint8Array.of(0x80, 0x80, 0x80, 0x80)];
  assert.equal(host(new FakeResponse("", { pieces: broken.slice(0, 2) })).run(streams, "x").answer, "a\ufffd");
  assert.match(host(new FakeResponse("", { pieces: broken.slice(2) })).run(streams, "x").answer, /^\ufffd+$/);
});

test("lines come without their ends", () => {
  const lines = (/** @type {Context} */ cx) => JSON.stringify([...cx.http.open(URL).lines()]);
  const pieces = ["data: ", "1\r", "\n\ndata", ": 2\nrest"];
  assert.equal(host(new FakeResponse("", { pieces })).run(lines, "x").answer, '["data: 1","","data: 2","rest"]');
  assert.equal(host("").run(lines, "x").answer, "[]");
});

test("an answer that is not JSON says so", () => {
  const { failure } = host("oops").run((cx) => void cx.http.fetch(URL).json(), "x");
  assert.deepEqual([failure.kind, failure.code], ["failed", "invalid_response"]);
  assert.match(failure.message, /^the answer of https:\/\/example.com\/a is not JSON: /);
});

test("an answer comes in pieces", () => {
  const run = host(SLOW).run((cx) => {
    const exchange = cx.http.open(URL);
    assert.deepEqual([cx.waitAny([exchange, cx.timer(1)]), exchange.ready()], [[1], false]);
    exchange.block();
    const headers = new HttpHeaders({ "content-type": TEXT });
    for (let times = 0; times < 2; times += 1) assert.deepEqual(exchange.head(), new HttpHead({ status: 200, url: URL, headers }));
    const text = (/** @type {Uint8Array} */ bytes) => new TextDecoder().decode(bytes);
    assert.deepEqual([exchange.ready(), text(exchange.read(2)), exchange.ready(), text(exchange.read())], [true, "on", true, "e"]);
    assert.ok(!exchange.ready());
    for (const piece of exchange) {
      assert.equal(text(piece), "two");
      break;
    }
    assert.deepEqual([...exchange].map(text), ["three"]);
    assert.deepEqual([exchange.read().length, exchange.ready()], [0, true]);
  }, "x");
  assert.deepEqual([run.ok, run.sleptMs], [true, 9]);
});

test("several are asked at once", () => {
  const http = { "https://example.com/*": SLOW };
  const run = new FakeHost({ http }).run((cx) => {
    const exchanges = ["b", "c"].map((name) => cx.http.open(`https://example.com/${name}`));
    return exchanges.map((exchange) => [...exchange.texts()].join("")).join();
  }, "x");
  assert.deepEqual([run.answer, run.sleptMs], ["onetwothree,onetwothree", 9]);
});

test("a request that fails is its failure", () => {
  const down = Failure.unavailable("nobody is there");
  const throws = () => {
    throw down;
  };
  for (const run of ASKS) {
    for (const answer of [down, throws, () => down]) assert.equal(host(answer).run(run, "x").failure, down);
  }
});

test("an answer that is cut off says so after what there was", () => {
  const interrupted = Failure.unavailable("the host ended", { code: "interrupted" });
  const cut = host(new FakeResponse("", { pieces: ["one", interrupted] }));
  const run = cut.run(streams, "x");
  assert.deepEqual([run.textDeltas, run.failure.isInterrupted()], [["one"], true]);
  assert.equal(cut.run(fetches, "x").failure, interrupted);
});

test("an answer that takes too long is too late", () => {
  const timed = (/** @type {number} */ timeoutMs) =>
    host(SLOW).run(function* (cx) {
      yield* cx.http.open(URL, { timeoutMs }).texts();
    }, "x");
  const late = timed(4);
  assert.deepEqual([late.failure.kind, late.textDeltas, late.sleptMs], ["deadline-exceeded", ["one"], 4]);
  assert.deepEqual(timed(9).textDeltas, ["one", "two", "three"]);
  const none = host(new FakeResponse("a", { takesMs: 9 })).run((cx) => void cx.http.open(URL, { timeoutMs: 4 }).head(), "x");
  assert.deepEqual([none.failure.kind, none.sleptMs], ["deadline-exceeded", 4]);
});

test("an answer that was given up says so each time", () => {
  const run = host(SLOW).run((cx) => {
    const exchange = cx.http.open(URL);
    exchange.read();
    exchange.cancel();
    assert.ok(exchange.ready() && exchange.head().ok);
    for (let times = 0; times < 2; times += 1) assert.throws(() => exchange.read(), { kind: "failed", code: "cancelled" });
  }, "x");
  assert.deepEqual([run.ok, run.sleptMs, run.httpCalls[0]?.cancelled], [true, 3, true]);
});

test("an answer ends with its disposal or its run", () => {
  const runs = /** @type {((cx: Context) => void)[]} */ ([
    (cx) => {
      const exchange = cx.http.open(URL);
      assert.ok(!exchange.ready());
      exchange.dispose();
      assert.throws(() => exchange.read(), TypeError);
    },
    (cx) => void cx.http.open(URL),
  ]);
  for (const run of runs) assert.ok(host(SLOW).run(run, "x").httpCalls[0]?.cancelled);
});

test("a run ends while it waits for an answer, and the answer with it", () => {
  for (const run of ASKS) {
    const cancelled = host(SLOW, { cancelAfterMs: 2 }).run(run, "x");
    assert.deepEqual([cancelled.failure.kind, cancelled.sleptMs], ["cancelled", 2]);
    const late = host(SLOW, { deadlineMs: 7 }).run(run, "x");
    assert.deepEqual([late.failure.kind, late.sleptMs], ["deadline-exceeded", 7]);
    assert.ok(cancelled.httpCalls[0]?.cancelled && late.httpCalls[0]?.cancelled);
  }
});

test("nothing is asked once the run is being cancelled", () => {
  for (const run of ASKS) {
    const { failure, httpCalls } = host("a", { cancelAfterCalls: 0 }).run(run, "x");
    assert.deepEqual([failure.kind, httpCalls], ["cancelled", []]);
  }
});
