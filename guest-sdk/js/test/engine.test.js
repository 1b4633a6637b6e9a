/**
 * What QuickJS is given, held against what Node has.
 */

import assert from "node:assert/strict";
import { register } from "node:module";
import { test } from "node:test";

import { format } from "../src/component/format.js";
import { randomSource } from "../src/component/random.js";
import * as ours from "../src/component/text.js";

register("./support/hooks.js", import.meta.url);
const { console } = await import("../src/component/console.js");

const TEXTS = ["", "abc", "äöü€", "😀\u0000", "\ud83d", "a\udc00b", "\ufeffbom", "\u07ff\u0800\uffff\u{10000}\u{10ffff}", "x😀".repeat(5000)];

/** Bytes of every kind of wrong: cut short, too long a form, halves of pairs, beyond the end. */
const BYTES = [
  [0x80], [0xc0, 0x80], [0xc3], [0xc3, 0x28], [0xe2, 0x82], [0xe2, 0x28, 0xa1], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x98], [0xf0, 0x80, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80], [0xff, 0x41], [0xf0, 0x9f, 0x41],
];

test("text becomes the bytes that it does elsewhere", () => {
  for (const text of TEXTS) {
    assert.deepEqual(new ours.TextEncoder().encode(text), new TextEncoder().encode(text), JSON.stringify(text.slice(0, 20)));
  }
});

test("bytes become the text that they do elsewhere", () => {
  const encoded = TEXTS.map((text) => new TextEncoder().encode(text));
  for (const bytes of [...encoded, ...BYTES.map((list) => Uint8Array.from(list))]) {
    assert.equal(new ours.TextDecoder().decode(bytes), new TextDecoder().decode(bytes), bytes.subarray(0, 8).join());
  }
  assert.equal(new ours.TextDecoder("UTF8", { ignoreBOM: true }).decode(Uint8Array.of(0xef, 0xbb, 0xbf).buffer), "\ufeff");
  assert.throws(() => new ours.TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.of(0xff)), TypeError);
  assert.throws(() => new ours.TextDecoder("latin1"), /only utf-8/);
});

test("random values are made of random bytes", () => {
  const { crypto, random } = randomSource((length) => new Uint8Array(length).fill(0xff));
  assert.deepEqual(crypto.getRandomValues(new Uint16Array(2)), Uint16Array.of(0xffff, 0xffff));
  assert.throws(() => crypto.getRandomValues(new Uint8Array(65_537)), RangeError);
  assert.equal(crypto.randomUUID(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  assert.ok(random() < 1 && random() > 0.999);
});

test("Math.random draws anew when its pool is used up", () => {
  let drawn = 0;
  const { random } = randomSource((length) => new Uint8Array(length).fill((drawn += 1)));
  const numbers = new Set(Array.from({ length: 129 }, random));
  assert.deepEqual([drawn, numbers.size], [2, 2]);
});

test("the console writes lines, in pieces that WASI takes", () => {
  const written = /** @type {{ [stream: string]: Uint8Array[] }} */ ({ out: [], err: [] });
  const stream = (/** @type {Uint8Array[]} */ to) => ({
    blockingWriteAndFlush: (/** @type {Uint8Array} */ bytes) => to.push(bytes),
    [Symbol.dispose]() {},
  });
  /** @type {any} */ (globalThis).imports = {
    "wasi:cli/stdout@0.2.6": { getStdout: () => stream(written.out ?? []) },
    "wasi:cli/stderr@0.2.6": { getStderr: () => stream(written.err ?? []) },
  };
  console.log("ü", 1);
  console.error("bad");
  console.assert(true, "never");
  console.assert(false, "once");
  console.info("x".repeat(5000));
  assert.deepEqual(written.out?.map(({ length }) => length), [5, 4096, 905]);
  assert.equal(Buffer.concat(written.err ?? []).toString(), "bad\nAssertion failed once\n");
});

test("a stream that is closed disturbs nobody", () => {
  /** @type {any} */ (globalThis).imports = {};
  console.log("lost");
});

test("every value has a text", () => {
  const cycle = /** @type {any} */ ({});
  cycle.cycle = cycle;
  const values = ["a", 1, 2n, null, undefined, Symbol("s"), { a: [1n] }, new Map([[1, 2]]), function named() {}, cycle];
  assert.equal(format(values), 'a 1 2 null undefined Symbol(s) {"a":["1n"]} [[1,2]] [function named] [object Object]');
  const error = Object.assign(new RangeError("oh"), { stack: "    at f (a.js:1)\n" });
  assert.equal(format([error]), "RangeError: oh\n    at f (a.js:1)");
});
