/**
 * What an agent is handed beside its input.
 */

import { Agents } from "./agents.js";
import { Artifacts } from "./artifacts.js";
import { Events } from "./events.js";
import { Failure } from "./failure.js";
import { Http } from "./http.js";
import { Log } from "./log.js";
import { Models } from "./models.js";
import { People } from "./people.js";
import { Session } from "./session.js";
import { Tools } from "./tools.js";
import { Waitable, millis } from "./wait.js";

/** @import { Host } from "./host.js" */
/** @import { Info, Json, JsonInput } from "./types.js" */

/**
 * The invocation, as its agent sees it: who asks, what is left, and everything the host does for it.
 *
 * In a component it speaks to the host; in a test, to a `FakeHost`. Calls are synchronous: the host suspends the agent
 * while it waits.
 */
export class Context {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    /** @readonly @type {Events} What the client sees. */
    this.events = new Events(host);
    /** @readonly @type {Session} The conversation so far, and the state kept with it. */
    this.session = new Session(host);
    /** @readonly @type {People} A person in the loop. */
    this.people = new People(host);
    /** @readonly @type {Agents} Other agents of this host. */
    this.agents = new Agents(host);
    /** @readonly @type {Tools} What the agent may use. */
    this.tools = new Tools(host);
    /** @readonly @type {Models} Models that the host asks for the agent. */
    this.models = new Models(host);
    /** @readonly @type {Http} HTTP to where the agent may go. */
    this.http = new Http(host);
    /** @readonly @type {Artifacts} Files that outlive the run. */
    this.artifacts = new Artifacts(host);
    /** @readonly @type {Log} What the operator reads. */
    this.log = new Log(host);
  }

  /**
   * Who is asking, and which invocation this is.
   * @returns {Info}
   */
  get info() {
    return this.#host.info();
  }

  /**
   * A value of the agent's manifest; `undefined` where it has no such key.
   *
   * The type argument is a promise of yours and nothing checks it: the operator writes the manifest.
   *
   * @template {JsonInput} [T=Json]
   * @param {string} key
   * @returns {T | undefined}
   */
  config(key) {
    return /** @type {T | undefined} */ (this.#host.config(key));
  }

  /**
   * The keys of the manifest's configuration, sorted.
   * @returns {string[]}
   */
  configKeys() {
    return this.#host.configKeys();
  }

  /**
   * Whether the invocation is being cancelled. An agent that loops asks now and then, and ends once it is.
   * @returns {boolean}
   */
  isCancelled() {
    return this.#host.isCancelled();
  }

  /**
   * The same, for an agent that has nothing to clean up.
   * @throws {Failure} `cancelled` once the invocation is being cancelled.
   */
  checkCancelled() {
    if (this.isCancelled()) throw Failure.cancelled();
  }

  /**
   * How many milliseconds are left; `undefined` where there is no deadline.
   * @returns {number | undefined}
   */
  remainingMs() {
    return this.#host.remainingMs();
  }

  /**
   * Waits. Returns at once when the invocation is being cancelled, so a loop asks `checkCancelled` after it.
   * @param {number} ms Milliseconds.
   */
  sleep(ms) {
    this.#host.sleep(millis(ms));
  }

  /**
   * Something that is ready after `ms` milliseconds.
   * @param {number} ms
   * @returns {Waitable}
   */
  timer(ms) {
    return new Waitable(this.#host.timer(millis(ms)));
  }

  /**
   * Waits for the first of them.
   *
   * ```js
   * const [slow, quick] = [cx.timer(9000), cx.timer(1000)];
   * cx.waitAny([slow, quick]); // [1], after a second
   * ```
   *
   * @param {readonly Waitable[]} of
   * @param {number} [timeoutMs] Milliseconds after which the answer is an empty list.
   * @returns {number[]} The indexes of those that are ready, ascending. None after the timeout, when the invocation is
   *   being cancelled, and at once for no waitables and no timeout.
   */
  waitAny(of, timeoutMs) {
    return this.#host.any(of.map(Waitable.timerOf), timeoutMs === undefined ? undefined : millis(timeoutMs));
  }
}
