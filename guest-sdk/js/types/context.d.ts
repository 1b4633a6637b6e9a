/**
 * What an agent is handed beside its input.
 */
import { Agents } from "./agents.js";
import { Artifacts } from "./artifacts.js";
import { Events } from "./events.js";
import { Http } from "./http.js";
import { Log } from "./log.js";
import { Models } from "./models.js";
import { People } from "./people.js";
import { Session } from "./session.js";
import { Tools } from "./tools.js";
import { Waitable } from "./wait.js";
import type { Host } from "./host.js";
import type { Info, Json, JsonInput } from "./types.js";
/** @import { Host } from "./host.js" */
/** @import { Info, Json, JsonInput } from "./types.js" */
/**
 * The invocation, as its agent sees it: who asks, what is left, and everything the host does for it.
 *
 * In a component it speaks to the host; in a test, to a `FakeHost`. Calls are synchronous: the host suspends the agent
 * while it waits.
 */
export declare class Context {
    #private;
    /** @readonly @type {Events} What the client sees. */
    events: Events;
    /** @readonly @type {Session} The conversation so far, and the state kept with it. */
    session: Session;
    /** @readonly @type {People} A person in the loop. */
    people: People;
    /** @readonly @type {Agents} Other agents of this host. */
    agents: Agents;
    /** @readonly @type {Tools} What the agent may use. */
    tools: Tools;
    /** @readonly @type {Models} Models that the host asks for the agent. */
    models: Models;
    /** @readonly @type {Http} HTTP to where the agent may go. */
    http: Http;
    /** @readonly @type {Artifacts} Files that outlive the run. */
    artifacts: Artifacts;
    /** @readonly @type {Log} What the operator reads. */
    log: Log;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * Who is asking, and which invocation this is.
     * @returns {Info}
     */
    get info(): Info;
    /**
     * A value of the agent's manifest; `undefined` where it has no such key.
     *
     * The type argument is a promise of yours and nothing checks it: the operator writes the manifest.
     *
     * @template {JsonInput} [T=Json]
     * @param {string} key
     * @returns {T | undefined}
     */
    config<T extends JsonInput = Json>(key: string): T | undefined;
    /**
     * The keys of the manifest's configuration, sorted.
     * @returns {string[]}
     */
    configKeys(): string[];
    /**
     * Whether the invocation is being cancelled. An agent that loops asks now and then, and ends once it is.
     * @returns {boolean}
     */
    isCancelled(): boolean;
    /**
     * The same, for an agent that has nothing to clean up.
     * @throws {Failure} `cancelled` once the invocation is being cancelled.
     */
    checkCancelled(): void;
    /**
     * How many milliseconds are left; `undefined` where there is no deadline.
     * @returns {number | undefined}
     */
    remainingMs(): number | undefined;
    /**
     * Waits. Returns at once when the invocation is being cancelled, so a loop asks `checkCancelled` after it.
     * @param {number} ms Milliseconds.
     */
    sleep(ms: number): void;
    /**
     * Something that is ready after `ms` milliseconds.
     * @param {number} ms
     * @returns {Waitable}
     */
    timer(ms: number): Waitable;
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
    waitAny(of: readonly Waitable[], timeoutMs?: number): number[];
}
