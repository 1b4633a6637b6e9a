/**
 * What an agent is to the SDK.
 */

/** @import { Agent, AgentDefinition, RunResult } from "./types.js" */

/** @type {readonly string[]} */
const KEYS = ["name", "description", "version", "skills", "inputSchema", "extra", "run"];

/**
 * Makes an agent of what it is and what it does.
 *
 * ```js
 * import { agent } from "rak";
 *
 * export default agent({
 *   name: "greeter",
 *   description: "Greets.",
 *   *run(cx, input) {
 *     yield "Hello, ";
 *     return `Hello, ${input.text}!`;
 *   },
 * });
 * ```
 *
 * `run` is called once an invocation, in a new instance: nothing of another invocation is ever there.
 *
 * @template {RunResult} R
 * @param {AgentDefinition<R>} definition
 * @returns {Agent<R>}
 * @throws {TypeError} Where `run` is missing, or a key is there that no agent has.
 */
export function agent(definition) {
  if (typeof definition?.run !== "function") throw new TypeError("an agent needs a function `run(cx, input)`");
  const unknown = Object.keys(definition).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) {
    throw new TypeError(`an agent has no \`${unknown.join("`, `")}\` (there are: ${KEYS.join(", ")})`);
  }
  return Object.freeze({ ...definition });
}
