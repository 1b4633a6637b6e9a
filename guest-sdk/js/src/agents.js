/**
 * Other agents of this host.
 */

import { Content } from "./content.js";
import { Failure } from "./failure.js";
import { Started } from "./started.js";
import { millis } from "./wait.js";

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
export class AgentReply {
  /** @param {Answered} reply */
  constructor({ invocationId, content, escalate = false, transferTo, extra }) {
    /** @readonly @type {string} The child's own invocation. */
    this.invocationId = invocationId;
    /**
     * What it answered: the content of its outcome, or the last content that it emitted where that has none.
     * @readonly @type {Content | undefined}
     */
    this.content = content;
    /** @readonly @type {boolean} Whether it tells a workflow above to stop. */
    this.escalate = escalate;
    /** @readonly @type {string | undefined} The agent that it hands the conversation to. */
    this.transferTo = transferTo;
    /** @readonly @type {Json | undefined} What it answered beside the content. */
    this.extra = extra;
  }

  /**
   * The text of the answer; empty where there is none.
   * @returns {string}
   */
  get text() {
    return this.content?.text ?? "";
  }
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
export class Child extends Started {
  /**
   * The child's own invocation.
   * @returns {string}
   */
  get invocationId() {
    return this.work.invocationId();
  }

  /**
   * Waits for its end, as `cx.agents.call` does. Who asks again gets the same again.
   * @returns {AgentReply}
   */
  finish() {
    return this.work.finish();
  }
}

/**
 * Calls other agents: `cx.agents`. Each works in an invocation of its own, with a session of its own agent, and for this
 * invocation's user. Whoever cancels this invocation cancels them too.
 *
 * Every call throws a {@link Failure}: that of a child that failed, `not-found` for an agent that is not there,
 * `deadline-exceeded` with the code `timed_out` for a child that took too long, and `cancelled` once this invocation is being
 * cancelled.
 */
export class Agents {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * The agents that may be called, by name.
   * @returns {AgentSummary[]}
   */
  available() {
    return this.#host.agents();
  }

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
  call(agent, input = "", options) {
    return this.#host.callAgent(request(agent, input, options));
  }

  /**
   * Starts an agent, which works while this one goes on.
   *
   * @param {string} agent
   * @param {Content | string} [input] A string is what the user says.
   * @param {AgentOptions} [options]
   * @returns {Child}
   */
  start(agent, input = "", options) {
    return new Child(this.#host.startAgent(request(agent, input, options)));
  }

  /**
   * Calls several agents at once, and waits for all of them. A call that failed is a {@link Failure} in its place, which is
   * not thrown.
   *
   * @param {readonly AgentTask[]} tasks
   * @param {AgentOptions} [options] Of each call.
   * @returns {(AgentReply | Failure)[]} In the order of the tasks.
   */
  callAll(tasks, options) {
    const children = tasks.map(({ agent, input }) => attempt(() => this.start(agent, input, options)));
    return children.map((child) => (child instanceof Failure ? child : end(child)));
  }
}

/**
 * @param {string} agent
 * @param {Content | string} input
 * @param {AgentOptions} [options]
 * @returns {AgentRequest}
 */
function request(agent, input, { session, timeoutMs, relay = false, detached = false, extra } = {}) {
  return {
    agent,
    input: typeof input === "string" ? Content.user(input) : input,
    session,
    timeoutMs: timeoutMs === undefined ? undefined : millis(timeoutMs),
    relay,
    detached,
    extra,
  };
}

/**
 * @param {Child} child
 * @returns {AgentReply | Failure}
 */
function end(child) {
  try {
    return attempt(() => child.finish());
  } finally {
    child.dispose();
  }
}

/**
 * @template T
 * @param {() => T} step
 * @returns {T | Failure}
 */
function attempt(step) {
  try {
    return step();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}
