/**
 * How a run ends badly, and how a host call is refused.
 */
import type { FailureKind, FailureOptions, JsonInput } from "./types.js";
/** @import { FailureKind, FailureOptions, JsonInput } from "./types.js" */
/**
 * Every kind, in the order of the contract.
 * @type {readonly FailureKind[]}
 */
export declare const FAILURE_KINDS: readonly FailureKind[];
/**
 * Why something failed. Throw it; calls to the host throw it too. The client reads the kind and the message, so the
 * message is written for them.
 *
 * ```js
 * throw Failure.invalidArgument("send a number, for example 5");
 * ```
 *
 * Anything else that an agent throws reaches the client as a failure of the kind `failed` with the code `exception`.
 */
export declare class Failure extends Error {
    /** @type {FailureKind} What sort of failure it is. */
    kind: FailureKind;
    /** @type {string | undefined} A finer, stable word of the agent's own. */
    code: string | undefined;
    /** @type {number | undefined} After how many milliseconds trying again makes sense. */
    retryAfterMs: number | undefined;
    /** @type {JsonInput | undefined} More for a program, in the agent's own shape. */
    details: JsonInput | undefined;
    /**
     * @param {FailureKind} kind
     * @param {string} message
     * @param {FailureOptions} [options]
     * @throws {TypeError} Where there is no such kind.
     */
    constructor(kind: FailureKind, message: string, options?: FailureOptions);
    /**
     * The invocation is being cancelled: what an agent throws once it noticed.
     * @returns {Failure}
     */
    static cancelled(): Failure;
    /**
     * There was not enough time.
     * @returns {Failure}
     */
    static deadlineExceeded(): Failure;
    /**
     * Something the agent may not do.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static denied(message: string, options?: FailureOptions): Failure;
    /**
     * Something that is not there.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static notFound(message: string, options?: FailureOptions): Failure;
    /**
     * The input is wrong; say what to send instead.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static invalidArgument(message: string, options?: FailureOptions): Failure;
    /**
     * Something that was changed by another.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static conflict(message: string, options?: FailureOptions): Failure;
    /**
     * A quota is used up.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static limitExceeded(message: string, options?: FailureOptions): Failure;
    /**
     * Too much in too short a time.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static rateLimited(message: string, options?: FailureOptions): Failure;
    /**
     * Something that is down now and may be back later.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static unavailable(message: string, options?: FailureOptions): Failure;
    /**
     * Something that this agent or host cannot do.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static unsupported(message: string, options?: FailureOptions): Failure;
    /**
     * Anything else.
     * @param {string} message
     * @param {FailureOptions} [options]
     */
    static failed(message: string, options?: FailureOptions): Failure;
    /**
     * Whether nobody answered a question to a person in time.
     * @returns {boolean}
     */
    isExpired(): boolean;
    /**
     * Whether the host ended while a model wrote, or during an answer of HTTP: the rest is lost, and may be asked for again.
     * @returns {boolean}
     */
    isInterrupted(): boolean;
    /**
     * Whatever was thrown, as a failure. A failure stays what it is; anything else becomes one of the kind `failed` with
     * the code `exception`, its text and that of its causes in the message, and its stack in the details.
     *
     * @param {unknown} thrown
     * @returns {Failure}
     */
    static from(thrown: unknown): Failure;
}
