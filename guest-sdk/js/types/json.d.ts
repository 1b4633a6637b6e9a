/**
 * JSON values, and the documents in which they travel.
 */
import type { Json } from "./types.js";
/** @import { Json } from "./types.js" */
/**
 * The JSON document of a value.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {string}
 * @throws {TypeError} Where JSON cannot say it: `undefined`, a function, a number that is not finite, a cycle.
 */
export declare function encode(value: unknown, what: string): string;
/**
 * What a JSON document of the host says. The host sends only valid ones; should it ever not, its text is the value, so
 * that nothing is lost.
 *
 * @param {string} text
 * @returns {Json}
 */
export declare function decode(text: string): Json;
/**
 * A value as it is after a way through JSON: a copy, without what JSON leaves out.
 *
 * @param {unknown} value
 * @param {string} what Names the value in the error.
 * @returns {Json}
 * @throws {TypeError} As {@link encode} does.
 */
export declare function copy(value: unknown, what: string): Json;
