/**
 * The people of a test.
 */
import { Content } from "../content.js";
import type { Decision, Json } from "../types.js";
import type { Clock } from "./clock.js";
import type { Asked, Reply } from "./types.js";
export type Scripted = {
    decision: Decision;
} | {
    answer: Json;
} | undefined;
/** @import { Decision, Json } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Asked, Reply } from "./types.js" */
/**
 * A reply, as it comes from a host.
 * @typedef {{ decision: Decision } | { answer: Json } | undefined} Scripted
 */
/** People who answer what the test says, one question after the other, and note down what they were asked. */
export declare class People {
    #private;
    /**
     * @param {readonly Reply[]} replies
     * @param {readonly (Content | string)[]} messages
     */
    constructor(replies: readonly Reply[], messages: readonly (Content | string)[]);
    /**
     * What they were asked.
     *
     * @returns {Asked[]}
     * @throws {Error} Where the test did not say what they answer, which an agent that catches everything would hide.
     */
    finish(): Asked[];
    /**
     * @param {Extract<Asked, { type: "approve" }>} asked
     * @param {Clock} clock
     * @returns {Decision}
     */
    decide(asked: Extract<Asked, {
        type: "approve";
    }>, clock: Clock): Decision;
    /**
     * @param {Extract<Asked, { type: "ask" }>} asked
     * @param {Clock} clock
     * @returns {Json}
     */
    answer(asked: Extract<Asked, {
        type: "ask";
    }>, clock: Clock): Json;
    /**
     * What somebody decides on what the host asks for the agent. The agent need not wait for it, so neither does this.
     *
     * @param {string} action
     * @param {Json} details
     * @param {number} expiresInMs
     * @returns {Decision | undefined} Nothing where nobody decides.
     */
    approves(action: string, details: Json, expiresInMs: number): Decision | undefined;
    /**
     * @param {number | undefined} timeoutMs
     * @param {Clock} clock
     * @returns {Content | undefined}
     */
    nextMessage(timeoutMs: number | undefined, clock: Clock): Content | undefined;
}
