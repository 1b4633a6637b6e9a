/**
 * How a run ends well.
 */
import { Content } from "./content.js";
import type { JsonInput, OutcomeOptions } from "./types.js";
/** @import { JsonInput, OutcomeOptions } from "./types.js" */
/**
 * How a run ends well: mostly with an answer. An agent that has only an answer returns that.
 *
 * ```js
 * return new Outcome({ content: "Let me hand you over.", transferTo: "billing" });
 * ```
 */
export declare class Outcome {
    /** @type {Content | undefined} The answer, where it was not emitted already. */
    content: Content | undefined;
    /** @type {boolean} Tells a workflow above to stop. */
    escalate: boolean;
    /** @type {string | undefined} Hands the conversation to the agent of this name. */
    transferTo: string | undefined;
    /** @type {JsonInput | undefined} Anything else the client and the agent agree on. */
    extra: JsonInput | undefined;
    /** @param {OutcomeOptions} [options] */
    constructor({ content, escalate, transferTo, extra }?: OutcomeOptions);
    /**
     * What an agent returned, as an outcome.
     *
     * @param {unknown} answer
     * @returns {Outcome}
     * @throws {TypeError} Where it is nothing that an agent may return.
     */
    static from(answer: unknown): Outcome;
}
