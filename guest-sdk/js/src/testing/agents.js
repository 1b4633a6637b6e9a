/**
 * The other agents of a test.
 */

import { AgentReply } from "../agents.js";
import { liftReply, lowerAgentRequest } from "../contract/agents.js";
import { liftContent } from "../contract/content.js";
import { lowerOutcome } from "../contract/entry.js";
import { liftedJson } from "../contract/scalars.js";
import { Failure } from "../failure.js";
import { copy } from "../json.js";
import { Outcome } from "../outcome.js";
import { millis } from "../wait.js";
import { TestRun } from "./result.js";
import { FakeWork, attempt, defined, notFound } from "./work.js";

/** @import { Content } from "../content.js" */
/** @import { AgentRequest } from "../host.js" */
/** @import { AgentSummary } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { CalledAgent, FakeAgent, FakeHostOptions } from "./types.js" */
/** @import { Ending } from "./work.js" */

/** Agents that answer what the test says, and note down how they were called. */
export class Agents {
  /** @type {Map<string, FakeAgent>} */
  #agents;
  /** @type {FakeChild[]} */
  #children = [];
  /** @type {CalledAgent[]} */
  #calls = [];

  /** @param {NonNullable<FakeHostOptions["agents"]>} agents */
  constructor(agents) {
    const named = Object.entries(agents).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#agents = new Map(named.map(([name, agent]) => [name, typeof agent === "function" ? { run: agent } : agent]));
  }

  /** @returns {AgentSummary[]} */
  available() {
    return [...this.#agents].map(([name, { description = "", version = "1.0.0", inputSchema, extra }]) => ({
      name,
      description,
      version,
      inputSchema: inputSchema === undefined ? undefined : copy(inputSchema, `the input schema of \`${name}\``),
      extra: extra === undefined ? undefined : copy(extra, `the \`extra\` of \`${name}\``),
    }));
  }

  /**
   * Starts an agent.
   *
   * @param {AgentRequest} request
   * @param {Clock} clock
   * @returns {FakeChild}
   * @throws {Failure} Where the run is to end, or there is none of this name.
   */
  start(request, clock) {
    const [name, input, options] = lowerAgentRequest(request);
    clock.check();
    const agent = this.#agents.get(name);
    if (!agent) throw notFound("agent", name, this.#agents.keys());
    /** @type {CalledAgent} */
    const called = {
      agent: name,
      input: liftContent(input),
      ...defined({ session: options.session, timeoutMs: options.timeoutMs, extra: liftedJson(options.extra) }),
      relay: options.relayEvents,
      detached: options.detached,
      cancelled: false,
    };
    this.#calls.push(called);
    const child = new FakeChild(`test-child-${this.#calls.length}`, agent, liftContent(input), called, clock);
    this.#children.push(child);
    return child;
  }

  /**
   * The run is over, and with it what it left running.
   * @returns {CalledAgent[]} How they were called.
   */
  finish() {
    for (const child of this.#children) child.dispose();
    return this.#calls;
  }
}

/**
 * Another agent that works.
 * @extends {FakeWork<AgentReply>}
 */
export class FakeChild extends FakeWork {
  #id;
  #detached;
  #clock;

  /**
   * @param {string} id
   * @param {FakeAgent} agent
   * @param {Content} input
   * @param {CalledAgent} called
   * @param {Clock} clock
   */
  constructor(id, agent, input, called, clock) {
    super(clock, ending(id, agent, input, called), stopped(id, "failed", "cancelled", "was cancelled"), called);
    this.#id = id;
    this.#detached = called.detached;
    this.#clock = clock;
  }

  invocationId() {
    this.#clock.countCall();
    return this.#id;
  }

  /** @override */
  dispose() {
    if (!this.#detached) this.stop();
  }
}

/**
 * @param {string} id
 * @param {FakeAgent} agent
 * @param {Content} input
 * @param {CalledAgent} called
 * @returns {Ending<AgentReply>}
 */
function ending(id, agent, input, { timeoutMs = Infinity }) {
  const answer = attempt(() => agent.run(input));
  const afterMs = millis(agent.takesMs ?? 0) + (answer instanceof TestRun ? answer.sleptMs : 0);
  if (timeoutMs < afterMs) {
    return { afterMs: timeoutMs, end: stopped(id, "deadline-exceeded", "timed_out", "took too long") };
  }
  if (answer instanceof Failure) return { afterMs, end: answer };
  if (!(answer instanceof TestRun)) return { afterMs, end: reply(id, Outcome.from(answer)) };
  return { afterMs, end: answer.ok ? reply(id, answer.outcome, answer.contents.at(-1)) : answer.failure };
}

/**
 * @param {string} id
 * @param {Outcome} outcome
 * @param {Content} [emitted] The content that it emitted last.
 * @returns {() => AgentReply}
 */
function reply(id, outcome, emitted) {
  const { content = emitted, escalate, transferTo, extra } = outcome;
  const raw = { invocationId: id, ...lowerOutcome(new Outcome({ content, escalate, transferTo, extra })) };
  return () => liftReply(raw);
}

/**
 * @param {string} id
 * @param {"failed" | "deadline-exceeded"} kind
 * @param {string} code
 * @param {string} how
 * @returns {Failure}
 */
function stopped(id, kind, code, how) {
  return new Failure(kind, `the child ${how}`, { code, details: { invocationId: id } });
}
