/**
 * JSON values, and the documents in which they travel.
 */

/** @import { Json } from "./types.js" */

/**
 * The JSON document of a value.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {string}
 * @throws {TypeError} Where JSON cannot say it: `undefined`, a function, a number that is not finite, a cycle.
 */
export function encode(value, what) {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${what} cannot be written as JSON: it is ${value}`);
  }
  const text = stringify(value, what);
  if (text === undefined) throw new TypeError(`${what} cannot be written as JSON: it is ${typeof value}`);
  return text.includes("\\ud") ? withoutHalves(text) : text;
}

/**
 * JavaScript writes half of a surrogate pair as an escape, which is no JSON to others. It becomes U+FFFD.
 *
 * @param {string} text
 * @returns {string}
 */
function withoutHalves(text) {
  return text.replace(/\\(ud[89a-f]..|.)/g, (escape, code) => (code.length > 1 ? "\ufffd" : escape));
}

/**
 * @param {unknown} value
 * @param {string} what
 * @returns {string | undefined}
 */
function stringify(value, what) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new TypeError(`${what} cannot be written as JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * What a JSON document of the host says. The host sends only valid ones; should it ever not, its text is the value, so
 * that nothing is lost.
 *
 * @param {string} text
 * @returns {Json}
 */
export function decode(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * A value as it is after a way through JSON: a copy, without what JSON leaves out.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {Json}
 * @throws {TypeError} As {@link encode} does.
 */
export function copy(value, what) {
  return JSON.parse(encode(value, what));
}
