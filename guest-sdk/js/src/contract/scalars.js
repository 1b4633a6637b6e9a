/**
 * The simple types of the contract.
 *
 * One of the engines traps on a value of another type than the contract has, so each is looked at on its way out. `none`
 * is `null` in one engine and `undefined` in the other; numbers of 64 bits are bigints in one of them.
 */

import { decode, encode } from "../json.js";

/** @import { Json } from "../types.js" */

/**
 * A text on its way out. Half of a surrogate pair, which UTF-8 cannot say, becomes U+FFFD.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {string}
 * @throws {TypeError}
 */
export function string(value, what) {
  if (typeof value !== "string") throw new TypeError(`${what} is not a string but of type ${typeOf(value)}`);
  return value.isWellFormed() ? value : value.toWellFormed();
}

/**
 * A number of 64 bits without sign, on its way out.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {number}
 * @throws {TypeError}
 */
export function whole(value, what) {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`${what} is not a whole number from 0 on: ${String(value)}`);
  }
  return value;
}

/**
 * What may be left out, on its way out.
 *
 * @template T
 * @param {unknown} value
 * @param {(value: unknown) => T} lower
 * @returns {T | undefined}
 */
export function option(value, lower) {
  return value === undefined || value === null ? undefined : lower(value);
}

/**
 * A JSON value that may be left out, on its way out. `null` is a value.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {string | undefined}
 * @throws {TypeError}
 */
export function json(value, what) {
  return value === undefined ? undefined : encode(value, what);
}

/**
 * What may be left out, on its way in.
 *
 * @template T, U
 * @param {T | null | undefined} value
 * @param {(value: T) => U} lift
 * @returns {U | undefined}
 */
export function lifted(value, lift) {
  return value === undefined || value === null ? undefined : lift(value);
}

/**
 * A JSON value that may be left out, on its way in.
 *
 * @param {string | null | undefined} text
 * @returns {Json | undefined}
 */
export function liftedJson(text) {
  return lifted(text, decode);
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function typeOf(value) {
  return value === null ? "null" : typeof value;
}

/**
 * Bytes on their way in. They are the agent's own from here on.
 *
 * @param {ArrayLike<number>} bytes
 * @returns {Uint8Array}
 */
export function liftedBytes(bytes) {
  return new Uint8Array(bytes);
}
