/**
 * The simple types of the contract.
 *
 * One of the engines traps on a value of another type than the contract has, so each is looked at on its way out. `none`
 * is `null` in one engine and `undefined` in the other; numbers of 64 bits are bigints in one of them.
 */
import type { Json } from "../types.js";
/** @import { Json } from "../types.js" */
/**
 * A text on its way out. Half of a surrogate pair, which UTF-8 cannot say, becomes U+FFFD.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {string}
 * @throws {TypeError}
 */
export declare function string(value: unknown, what: string): string;
/**
 * A number of 64 bits without sign, on its way out.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {number}
 * @throws {TypeError}
 */
export declare function whole(value: unknown, what: string): number;
/**
 * What may be left out, on its way out.
 *
 * @template T
 * @param {unknown} value
 * @param {(value: unknown) => T} lower
 * @returns {T | undefined}
 */
export declare function option<T>(value: unknown, lower: (value: unknown) => T): T | undefined;
/**
 * A JSON value that may be left out, on its way out. `null` is a value.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {string | undefined}
 * @throws {TypeError}
 */
export declare function json(value: unknown, what: string): string | undefined;
/**
 * What may be left out, on its way in.
 *
 * @template T, U
 * @param {T | null | undefined} value
 * @param {(value: T) => U} lift
 * @returns {U | undefined}
 */
export declare function lifted<T, U>(value: T | null | undefined, lift: (value: T) => U): U | undefined;
/**
 * A JSON value that may be left out, on its way in.
 *
 * @param {string | null | undefined} text
 * @returns {Json | undefined}
 */
export declare function liftedJson(text: string | null | undefined): Json | undefined;
/**
 * @param {unknown} value
 * @returns {string}
 */
export declare function typeOf(value: unknown): string;
/**
 * Bytes on their way in. They are the agent's own from here on.
 *
 * @param {ArrayLike<number>} bytes
 * @returns {Uint8Array}
 */
export declare function liftedBytes(bytes: ArrayLike<number>): Uint8Array;
