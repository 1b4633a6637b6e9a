/**
 * Agents made of agents, one after the other, side by side, again and again: `rak/workflow`.
 *
 * ```js
 * import { loop, sequential } from "rak/workflow";
 *
 * export default sequential(["researcher", loop([writer, "critic"], { maxIterations: 3 })]);
 * ```
 *
 * A step is the name of another agent, which is called as a child that the client sees; a function as `agent({ run })` has it; or an
 * agent of this component, such as one that `llmAgent` makes. What one step answers is what the next one is told. Steps are not
 * asynchronous.
 */
import { Outcome } from "./outcome.js";
import type { Agent, AgentDefinition, Descriptor } from "./types.js";
export type Step = string | AgentDefinition | AgentDefinition["run"];
/** @import { AgentReply, Child } from "./agents.js" */
/** @import { Context } from "./context.js" */
/** @import { Agent, AgentDefinition, Descriptor } from "./types.js" */
/**
 * A step of a workflow.
 * @typedef {string | AgentDefinition | AgentDefinition["run"]} Step
 */
/**
 * Runs its steps one after the other, and answers what the last one does. A step that escalates or hands the conversation over
 * is the last one, and the outcome says so, too.
 *
 * @param {readonly Step[]} steps
 * @param {Descriptor} [descriptor] What the agent says about itself.
 * @returns {Agent<Outcome>}
 * @throws {TypeError} Where there are no steps.
 */
export declare function sequential(steps: readonly Step[], descriptor?: Descriptor): Agent<Outcome>;
/**
 * Runs its steps one after the other, again and again: until one escalates or hands the conversation over, and `maxIterations` times
 * at most. It answers what the last step did; one that escalates without an answer leaves that of the step before it.
 *
 * @param {readonly Step[]} steps
 * @param {Descriptor & { maxIterations: number }} options How often, and what the agent says about itself.
 * @returns {Agent<Outcome>}
 * @throws {TypeError} Where there are no steps, or it is not said how often.
 */
export declare function loop(steps: readonly Step[], { maxIterations, ...descriptor }: Descriptor & {
    maxIterations: number;
}): Agent<Outcome>;
/**
 * Tells all of its steps the same, and answers what they do, in the order of the steps, with an empty line between them. Other
 * agents work at the same time, and meanwhile the steps of this component, one after the other. The first failure ends all.
 *
 * @param {readonly Step[]} steps
 * @param {Descriptor} [descriptor] What the agent says about itself.
 * @returns {Agent<Outcome>}
 * @throws {TypeError} Where there are no steps.
 */
export declare function parallel(steps: readonly Step[], descriptor?: Descriptor): Agent<Outcome>;
