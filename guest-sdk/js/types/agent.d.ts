/**
 * What an agent is to the SDK.
 */
import type { Agent, AgentDefinition, RunResult } from "./types.js";
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
export declare function agent<R extends RunResult>(definition: AgentDefinition<R>): Agent<R>;
