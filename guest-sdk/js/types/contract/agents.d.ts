/**
 * Other agents, as the contract carries them.
 */
import { AgentReply } from "../agents.js";
import type { AgentRequest } from "../host.js";
import type { AgentSummary } from "../types.js";
import type { RawContent } from "./content.js";
export type RawAgentOptions = {
    session: string | undefined;
    timeoutMs: number | undefined;
    relayEvents: boolean;
    detached: boolean;
    extra: string | undefined;
};
export type RawReply = {
    invocationId: string;
    content: RawContent | null | undefined;
    escalate: boolean;
    transferTo: string | null | undefined;
    extra: string | null | undefined;
};
export type RawSummary = {
    name: string;
    description: string;
    version: string;
    inputSchema: string | null | undefined;
    extra: string | null | undefined;
};
/** @import { AgentRequest } from "../host.js" */
/** @import { AgentSummary } from "../types.js" */
/** @import { RawContent } from "./content.js" */
/**
 * How an agent is called, as the contract has it.
 *
 * @typedef {object} RawAgentOptions
 * @property {string | undefined} session
 * @property {number | undefined} timeoutMs
 * @property {boolean} relayEvents
 * @property {boolean} detached
 * @property {string | undefined} extra
 */
/**
 * A reply as the contract has it.
 *
 * @typedef {object} RawReply
 * @property {string} invocationId
 * @property {RawContent | null | undefined} content
 * @property {boolean} escalate
 * @property {string | null | undefined} transferTo
 * @property {string | null | undefined} extra
 */
/**
 * An agent that may be called, as the contract has it.
 *
 * @typedef {object} RawSummary
 * @property {string} name
 * @property {string} description
 * @property {string} version
 * @property {string | null | undefined} inputSchema
 * @property {string | null | undefined} extra
 */
/**
 * @param {AgentRequest} request
 * @returns {[agent: string, input: RawContent, options: RawAgentOptions]}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerAgentRequest({ agent, input, session, timeoutMs, relay, detached, extra }: AgentRequest): [agent: string, input: RawContent, options: RawAgentOptions];
/**
 * @param {RawReply} raw
 * @returns {AgentReply}
 */
export declare function liftReply({ invocationId, content, escalate, transferTo, extra }: RawReply): AgentReply;
/**
 * @param {RawSummary} raw
 * @returns {AgentSummary}
 */
export declare function liftSummary({ name, description, version, inputSchema, extra }: RawSummary): AgentSummary;
