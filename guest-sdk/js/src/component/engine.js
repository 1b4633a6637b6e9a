/**
 * What every author expects and QuickJS does not have: `console`, `crypto`, `TextEncoder`, `TextDecoder`, and a
 * `Math.random` that differs from run to run. StarlingMonkey has its own.
 */

import { getRandomBytes } from "wasi:random/random@0.2.6";

import { console } from "./console.js";
import { randomSource } from "./random.js";
import { TextDecoder, TextEncoder } from "./text.js";

/** Whether the component runs. While it is built there is no host, and so nothing to draw random bytes from. */
let running = false;

/** Says that the component runs: every export does so first. */
export function begin() {
  running = true;
}

/**
 * @param {number} length
 * @returns {Uint8Array}
 */
function randomBytes(length) {
  if (!running) throw new Error("there is no randomness while the component is built: ask for it in `run`");
  return Uint8Array.from(getRandomBytes(length));
}

if (typeof globalThis.crypto === "undefined") {
  const { crypto, random } = randomSource(randomBytes);
  // The engine seeds its own generator while the component is built, so every run would see the same numbers.
  const seeded = Math.random;
  Math.random = () => (running ? random() : seeded());
  Object.assign(globalThis, { crypto, console, TextDecoder, TextEncoder });
}
