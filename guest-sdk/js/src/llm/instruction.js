/**
 * The instruction of a model, with values of the state in it.
 */

import { Failure } from "../failure.js";

/** @import { Context } from "../context.js" */

/** A place for a value of the state, a doubled brace, or one that is neither. */
const PLACE = /\{\{|\}\}|\{([^\s{}"'?]+)(\??)\}|[{}]/g;

/**
 * What makes the instruction of a run.
 *
 * @param {string | ((cx: Context) => string)} said
 * @returns {(cx: Context) => string}
 * @throws {TypeError} For a brace that is neither a place nor doubled.
 */
export function instructionOf(said) {
  if (typeof said === "function") return said;
  for (const { 0: place, index } of said.matchAll(PLACE)) {
    if (place.length > 1) continue;
    const near = JSON.stringify(said.slice(Math.max(0, index - 10), index + 11));
    throw new TypeError(`the instruction has a brace where no key of the state is (${near}): write \`{{\` or \`}}\` for one`);
  }
  return (cx) => said.replace(PLACE, (place, key, optional) => (key ? valueOf(cx, key, optional) : place.slice(1)));
}

/**
 * @param {Context} cx
 * @param {string} key
 * @param {string} optional
 * @returns {string}
 * @throws {Failure} `failed` with the code `missing_state`.
 */
function valueOf(cx, key, optional) {
  const value = cx.session.get(key);
  if (value !== undefined) return typeof value === "string" ? value : JSON.stringify(value);
  if (optional) return "";
  const problem = `the instruction has \`{${key}}\` in it, and the state has no \`${key}\`; \`{${key}?}\` may be missing`;
  throw Failure.failed(problem, { code: "missing_state" });
}
