/**
 * Unit tests for agents: a host in memory, with a clock that only moves when somebody waits.
 *
 * ```js
 * import assert from "node:assert/strict";
 * import { test } from "node:test";
 * import { FakeHost } from "rak/testing";
 * import greeter from "../src/agent.js";
 *
 * test("greets", () => {
 *   const run = new FakeHost({ state: { "user:greetings": 2 } }).run(greeter, "Ada");
 *   assert.equal(run.answer, "Hello, Ada! That makes 3 times.");
 *   assert.equal(run.state["user:greetings"], 3);
 * });
 * ```
 */

import { Content } from "./content.js";
import { Context } from "./context.js";
import { liftContent, lowerContent } from "./contract/content.js";
import { liftOutcome, lowerOutcome } from "./contract/entry.js";
import { Failure } from "./failure.js";
import { copy } from "./json.js";
import { isThenable, run } from "./run.js";
import { Agents } from "./testing/agents.js";
import { Files } from "./testing/artifacts.js";
import { Clock } from "./testing/clock.js";
import { FakeResponse, Web } from "./testing/http.js";
import { Invocation } from "./testing/invocation.js";
import { Models } from "./testing/models.js";
import { People } from "./testing/people.js";
import { State } from "./testing/state.js";
import { TestRun } from "./testing/result.js";
import { Failed, Tools } from "./testing/tools.js";

/** @import { Outcome } from "./outcome.js" */
/** @import { Ended, FakeHostOptions, Runnable, Said } from "./testing/types.js" */
/** @import { Entry, Info, RunResult } from "./types.js" */

export { Failed, FakeResponse, TestRun };
export * from "./testing/types.js";

/** @type {Info} */
const INFO = Object.freeze({
  invocationId: "test-invocation",
  sessionId: "test-session",
  userId: "test-user",
  agent: "test-agent",
  agentVersion: "sha256:test",
  attempt: 1,
});

/** A host in memory: what an agent finds when it runs. Each run begins with the same. */
export class FakeHost {
  /** @type {FakeHostOptions} */
  #options;

  /**
   * Without options: a user without history or state, an agent without configuration, no deadline.
   * @param {FakeHostOptions} [options]
   */
  constructor(options = {}) {
    this.#options = options;
  }

  /**
   * The same host with other options.
   * @param {FakeHostOptions} options
   * @returns {FakeHost}
   */
  with(options) {
    return new FakeHost({ ...this.#options, ...options });
  }

  /**
   * The same host with the state and the artifacts that a run left behind: the next turn of a conversation.
   * @param {TestRun} run
   * @returns {FakeHost}
   */
  after(run) {
    return this.with({ state: run.state, artifacts: run.artifactVersions });
  }

  /**
   * Runs an agent, in this thread. What it throws is a failure, as it is in a component; an assertion that fails in it
   * is a failed test.
   *
   * @template {RunResult} R
   * @param {Runnable<R>} agent
   * @param {string | Content} input A string is what the user says.
   * @returns {Ended<R>}
   */
  run(agent, input) {
    const definition = typeof agent === "function" ? { run: agent } : agent;
    const invocation = this.#invocation();
    const said = typeof input === "string" ? Content.user(input) : input;
    const ended = attempt(() => run(definition, new Context(invocation), liftContent(lowerContent(said))));
    const settled = isThenable(ended) ? ended.then(checked).catch(asFailure) : ended;
    return /** @type {Ended<R>} */ (
      isThenable(settled) ? settled.then((end) => invocation.finish(end)) : invocation.finish(settled)
    );
  }

  #invocation() {
    const { info = {}, config = {}, state = {}, history = [], ...others } = this.#options;
    const { people: replies = [], messages = [], agents = {}, tools = {}, models = {}, ...more } = others;
    const { http = {}, artifacts = {}, ...limits } = more;
    const people = new People(replies, messages);
    return new Invocation({
      info: { ...INFO, ...info },
      config: new Map(Object.entries(config).map(([key, value]) => [key, copy(value, `the config \`${key}\``)])),
      history: entries(history),
      people,
      agents: new Agents(agents),
      tools: new Tools(tools, people),
      models: new Models(models),
      web: new Web(http),
      files: new Files(artifacts),
      clock: new Clock(limits),
      state: new State(state),
    });
  }
}

/**
 * @param {() => Outcome | Promise<Outcome>} start
 * @returns {Outcome | Failure | Promise<Outcome>}
 */
function attempt(start) {
  try {
    const outcome = start();
    return isThenable(outcome) ? outcome : checked(outcome);
  } catch (thrown) {
    return asFailure(thrown);
  }
}

/**
 * The outcome as a host would get it.
 *
 * @param {Outcome} outcome
 * @returns {Outcome}
 */
function checked(outcome) {
  return liftOutcome(lowerOutcome(outcome));
}

/**
 * @param {unknown} thrown
 * @returns {Failure}
 */
function asFailure(thrown) {
  const failure = Failure.from(thrown);
  const { cause } = failure;
  if (cause instanceof Error && "code" in cause && cause.code === "ERR_ASSERTION") throw cause;
  return failure;
}

/**
 * @param {readonly Said[]} history
 * @returns {Entry[]}
 */
function entries(history) {
  let last = 0;
  return history.map(({ author, content, seq = last + 1, at = new Date(seq * 1000) }) => {
    last = seq;
    const said = typeof content === "string" ? new Content(author === "user" ? "user" : "model", [content]) : content;
    return { seq, author, content: liftContent(lowerContent(said)), at };
  });
}
