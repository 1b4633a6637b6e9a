/**
 * What a model is told of what was said before.
 */
import { Content } from "../content.js";
import type { Context } from "../context.js";
import type { HistoryLimits } from "./types.js";
/**
 * The part of the history that a model is told, oldest first: from something on that the user said.
 *
 * @param {Context} cx
 * @param {HistoryLimits} limits
 * @param {ReadonlySet<string>} names Those of the functions that it may call.
 * @returns {Content[]}
 */
export declare function readHistory(cx: Context, limits: HistoryLimits, names: ReadonlySet<string>): Content[];
