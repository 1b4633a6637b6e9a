/**
 * Other agents of this host.
 */
import { Content } from "./content.js";
import { Failure } from "./failure.js";
import { Started } from "./started.js";
import type { ChildWork, Host } from "./host.js";
import type { AgentOptions, AgentSummary, AgentTask, Json } from "./types.js";
export type Answered = {
    invocationId: string;
    content?: Content | undefined;
    escalate?: boolean;
    transferTo?: string | undefined;
    extra?: Json | undefined;
};
/** @import { AgentRequest, ChildWork, Host } from "./host.js" */
/** @import { AgentOptions, AgentSummary, AgentTask, Json } from "./types.js" */
/**
 * What an {@link AgentReply} is made of.
 *
 * @typedef {object} Answered
 * @property {string} invocationId
 * @property {Content | undefined} [content]
 * @property {boolean} [escalate]
 * @property {string | undefined} [transferTo]
 * @property {Json | undefined} [extra]
 */
/** How a child ended well. */
export declare class AgentReply {
    /** @readonly @type {string} The child's own invocation. */
    invocationId: string;
    /**
     * What it answered: the content of its outcome, or the last content that it emitted where that has none.
     * @readonly @type {Content | undefined}
     */
    content: Content | undefined;
    /** @readonly @type {boolean} Whether it tells a workflow above to stop. */
    escalate: boolean;
    /** @readonly @type {string | undefined} The agent that it hands the conversation to. */
    transferTo: string | undefined;
    /** @readonly @type {Json | undefined} What it answered beside the content. */
    extra: Json | undefined;
    /** @param {Answered} reply */
    constructor({ invocationId, content, escalate, transferTo, extra }: Answered);
    /**
     * The text of the answer; empty where there is none.
     * @returns {string}
     */
    get text(): string;
}
/**
 * An agent that was started and works beside this one: `cx.agents.start` makes it. It can be waited for with timers and others:
 *
 * ```js
 * const [first] = cx.waitAny([child, cx.timer(5000)]);
 * ```
 *
 * @extends {Started<ChildWork>}
 */
export declare class Child extends Started<ChildWork> {
    /**
     * The child's own invocation.
     * @returns {string}
     */
    get invocationId(): string;
    /**
     * Waits for its end, as `cx.agents.call` does. Who asks again gets the same again.
     * @returns {AgentReply}
     */
    finish(): AgentReply;
}
/**
 * Calls other agents: `cx.agents`. Each works in an invocation of its own, with a session of its own agent, and for this
 * invocation's user. Whoever cancels this invocation cancels them too.
 *
 * Every call throws a {@link Failure}: that of a child that failed, `not-found` for an agent that is not there,
 * `deadline-exceeded` with the code `timed_out` for a child that took too long, and `cancelled` once this invocation is being
 * cancelled.
 */
export declare class Agents {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * The agents that may be called, by name.
     * @returns {AgentSummary[]}
     */
    available(): AgentSummary[];
    /**
     * Calls an agent and waits for what it answers.
     *
     * ```js
     * const summary = cx.agents.call("summarizer", article, { timeoutMs: 60_000 }).text;
     * ```
     *
     * @param {string} agent
     * @param {Content | string} [input] A string is what the user says.
     * @param {AgentOptions} [options]
     * @returns {AgentReply}
     */
    call(agent: string, input?: Content | string, options?: AgentOptions): AgentReply;
    /**
     * Starts an agent, which works while this one goes on.
     *
     * @param {string} agent
     * @param {Content | string} [input] A string is what the user says.
     * @param {AgentOptions} [options]
     * @returns {Child}
     */
    start(agent: string, input?: Content | string, options?: AgentOptions): Child;
    /**
     * Calls several agents at once, and waits for all of them. A call that failed is a {@link Failure} in its place, which is
     * not thrown.
     *
     * @param {readonly AgentTask[]} tasks
     * @param {AgentOptions} [options] Of each call.
     * @returns {(AgentReply | Failure)[]} In the order of the tasks.
     */
    callAll(tasks: readonly AgentTask[], options?: AgentOptions): (AgentReply | Failure)[];
}
