/**
 * The instruction of a model, with values of the state in it.
 */
import type { Context } from "../context.js";
/**
 * What makes the instruction of a run.
 *
 * @param {string | ((cx: Context) => string)} said
 * @returns {(cx: Context) => string}
 * @throws {TypeError} For a brace that is neither a place nor doubled.
 */
export declare function instructionOf(said: string | ((cx: Context) => string)): (cx: Context) => string;
