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
import { FakeResponse } from "./testing/http.js";
import { TestRun } from "./testing/result.js";
import { Failed } from "./testing/tools.js";
import type { Ended, FakeHostOptions, Runnable } from "./testing/types.js";
import type { RunResult } from "./types.js";
/** @import { Outcome } from "./outcome.js" */
/** @import { Ended, FakeHostOptions, Runnable, Said } from "./testing/types.js" */
/** @import { Entry, Info, RunResult } from "./types.js" */
export { Failed, FakeResponse, TestRun };
export * from "./testing/types.js";
/** A host in memory: what an agent finds when it runs. Each run begins with the same. */
export declare class FakeHost {
    #private;
    /**
     * Without options: a user without history or state, an agent without configuration, no deadline.
     * @param {FakeHostOptions} [options]
     */
    constructor(options?: FakeHostOptions);
    /**
     * The same host with other options.
     * @param {FakeHostOptions} options
     * @returns {FakeHost}
     */
    with(options: FakeHostOptions): FakeHost;
    /**
     * The same host with the state and the artifacts that a run left behind: the next turn of a conversation.
     * @param {TestRun} run
     * @returns {FakeHost}
     */
    after(run: TestRun): FakeHost;
    /**
     * Runs an agent, in this thread. What it throws is a failure, as it is in a component; an assertion that fails in it
     * is a failed test.
     *
     * @template {RunResult} R
     * @param {Runnable<R>} agent
     * @param {string | Content} input A string is what the user says.
     * @returns {Ended<R>}
     */
    run<R extends RunResult>(agent: Runnable<R>, input: string | Content): Ended<R>;
}
