/**
 * One run of an agent, on any host.
 */
import { Outcome } from "./outcome.js";
import type { Content } from "./content.js";
import type { Context } from "./context.js";
import type { Agent } from "./types.js";
/** @import { Content } from "./content.js" */
/** @import { Context } from "./context.js" */
/** @import { Events } from "./events.js" */
/** @import { Agent } from "./types.js" */
/**
 * Runs an agent to its end. What it yields is emitted, and whatever it throws becomes a failure.
 *
 * @param {Agent} agent
 * @param {Context} cx
 * @param {Content} input
 * @returns {Outcome | Promise<Outcome>} A promise where the agent is asynchronous; it fails as the call does.
 * @throws {Failure}
 */
export declare function run(agent: Agent, cx: Context, input: Content): Outcome | Promise<Outcome>;
/**
 * @param {unknown} value
 * @returns {value is Promise<unknown>}
 */
export declare function isThenable(value: unknown): value is Promise<unknown>;
