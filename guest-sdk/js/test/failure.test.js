import assert from "node:assert/strict";
import { test } from "node:test";

import { FAILURE_KINDS, Failure } from "rak";
import { liftFailure, lowerFailure } from "../src/contract/entry.js";

test("every kind has its constructor", () => {
  const camel = (/** @type {string} */ kind) => kind.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  for (const kind of FAILURE_KINDS) {
    assert.equal(/** @type {any} */ (Failure)[camel(kind)]("why").kind, kind);
  }
  assert.throws(() => new Failure(/** @type {any} */ ("Failed"), "x"), /`Failed` is not a kind of failure/);
});

test("a failure survives the way there and back", () => {
  for (const kind of FAILURE_KINDS) {
    const failure = new Failure(kind, "why", { code: "own", retryAfterMs: 1500, details: { a: [1] } });
    const { code, message, retryAfterMs, details } = liftFailure(lowerFailure(failure));
    assert.deepEqual([code, message, retryAfterMs, details], ["own", "why", 1500, { a: [1] }]);
  }
  const none = { kind: FAILURE_KINDS[0], code: null, message: "why", retryAfterMs: null, details: null };
  assert.equal(liftFailure(/** @type {any} */ (none)).code, undefined);
  assert.equal(liftFailure(/** @type {any} */ ({ ...none, retryAfterMs: 5n })).retryAfterMs, 5);
});

test("a failure that says what it cannot is still told", () => {
  const cycle = /** @type {any} */ ({});
  cycle.cycle = cycle;
  const failure = Failure.failed("why\ud83d", { code: /** @type {any} */ (7), retryAfterMs: NaN, details: cycle });
  const expected = { kind: "failed", code: "7", message: "why\ufffd", retryAfterMs: undefined, details: undefined };
  assert.deepEqual(lowerFailure(failure), expected);
});

test("only what nobody answered in time is expired", () => {
  assert.ok(new Failure("deadline-exceeded", "x", { code: "expired" }).isExpired());
  assert.ok(!Failure.deadlineExceeded().isExpired());
  assert.ok(!Failure.denied("x", { code: "expired" }).isExpired());
});

test("a failure stays itself", () => {
  const failure = Failure.conflict("x");
  assert.equal(Failure.from(failure), failure);
});

test("an exception keeps its text, its causes and its stack", () => {
  function thrower() {
    throw new RangeError("outer", { cause: new TypeError("inner", { cause: "deep" }) });
  }
  const failure = caught(thrower);
  assert.deepEqual([failure.kind, failure.code], ["failed", "exception"]);
  assert.equal(failure.message, "RangeError: outer: TypeError: inner: deep");
  assert.match(/** @type {any} */ (failure.details).stack, /thrower/);
  assert.ok(failure.cause instanceof RangeError);
});

test("an error that is its own cause comes to an end", () => {
  const error = new Error("round");
  error.cause = error;
  assert.equal(Failure.from(error).message, "Error: round");
});

test("whatever is thrown has a text", () => {
  const nameless = Object.create(null);
  const thrown = [["text", "text"], [undefined, "undefined"], [Symbol("s"), "Symbol(s)"], [nameless, "[object Object]"]];
  for (const [value, message] of thrown) {
    const failure = Failure.from(value);
    assert.deepEqual([failure.message, failure.code, failure.details], [message, "exception", undefined]);
  }
});

/** @param {() => void} throwing */
function caught(throwing) {
  try {
    throwing();
  } catch (thrown) {
    return Failure.from(thrown);
  }
  throw new Error("nothing was thrown");
}
