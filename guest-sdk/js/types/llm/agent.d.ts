/**
 * An agent that a model speaks for.
 */
import { Outcome } from "../outcome.js";
import type { Agent } from "../types.js";
import type { LlmAgentDefinition } from "./types.js";
/**
 * Makes an agent that a model speaks for: it is told an instruction and what was said, calls tools, and answers.
 *
 * ```js
 * export default llmAgent({ instruction: "You help {user:name?}.", tools: [add, remember] });
 * ```
 *
 * What the model calls is part of the conversation: the calls and what came of them are emitted as contents, so that they are
 * in the history of the next run. What it writes is shown while it writes, and its last answer is the outcome. A tool that
 * fails is a response that says so, for the model to read.
 *
 * @param {LlmAgentDefinition} definition
 * @returns {Agent<Outcome>}
 * @throws {TypeError} For what cannot be.
 */
export declare function llmAgent(definition: LlmAgentDefinition): Agent<Outcome>;
