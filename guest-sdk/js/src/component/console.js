/**
 * `console` over the standard output and error of the component.
 */

import { getStderr } from "wasi:cli/stderr@0.2.6";
import { getStdout } from "wasi:cli/stdout@0.2.6";

import { format } from "./format.js";
import { TextEncoder } from "./text.js";

/** What WASI lets one call write. */
const MAX_WRITE = 4096;

/**
 * Writes a line. What cannot be written is lost: nobody waits for it.
 *
 * @param {() => import("wasi:io/streams@0.2.6").OutputStream} open
 * @param {unknown[]} values
 */
function writeLine(open, values) {
  const bytes = new TextEncoder().encode(`${format(values)}\n`);
  try {
    const stream = open();
    for (let at = 0; at < bytes.length; at += MAX_WRITE) {
      stream.blockingWriteAndFlush(bytes.subarray(at, at + MAX_WRITE));
    }
    stream[Symbol.dispose]();
  } catch {
    // The stream is closed, or the component is still being built.
  }
}

/** @param {unknown[]} values */
const out = (...values) => writeLine(getStdout, values);

/** @param {unknown[]} values */
const err = (...values) => writeLine(getStderr, values);

/** The functions of `console` that write a line. */
export const console = {
  log: out,
  info: out,
  debug: out,
  dir: (/** @type {unknown} */ value) => out(value),
  warn: err,
  error: err,
  trace: (/** @type {unknown[]} */ ...values) => err("Trace:", ...values, `\n${new Error().stack}`),
  assert: (/** @type {unknown} */ condition, /** @type {unknown[]} */ ...values) => {
    if (!condition) err("Assertion failed", ...values);
  },
};
