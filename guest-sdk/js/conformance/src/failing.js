/** Failing. */

import { Failure } from "rak";

export const failing = {
  fail(_cx, kind) {
    throw new Failure(kind, "failed as asked", { code: "E_ASKED", retryAfterMs: 1500, details: { asked: true } });
  },

  throw: (_cx, text) => thrower(text),

  overflow: () => String(deeper(0)),

  memory() {
    const kept = [];
    for (;;) kept.push(new Uint8Array(1 << 20).fill(1));
  },

  output() {
    for (;;) console.log("line after line after line");
  },
};

/** @param {string} text */
function thrower(text) {
  throw new RangeError(text);
}

/**
 * The addition keeps an engine from making a loop of it.
 *
 * @param {number} depth
 * @returns {number}
 */
function deeper(depth) {
  return deeper(depth + 1) + 1;
}
