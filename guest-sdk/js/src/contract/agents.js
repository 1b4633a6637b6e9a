/**
 * Other agents, as the contract carries them.
 */

import { AgentReply } from "../agents.js";
import { liftContent, lowerContent } from "./content.js";
import { json, lifted, liftedJson, option, string } from "./scalars.js";

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
export function lowerAgentRequest({ agent, input, session, timeoutMs, relay, detached, extra }) {
  const options = {
    session: option(session, (name) => string(name, "the name of a session")),
    timeoutMs,
    relayEvents: Boolean(relay),
    detached: Boolean(detached),
    extra: json(extra, "the `extra` of a call"),
  };
  return [string(agent, "the name of an agent"), lowerContent(input), options];
}

/**
 * @param {RawReply} raw
 * @returns {AgentReply}
 */
export function liftReply({ invocationId, content, escalate, transferTo, extra }) {
  return new AgentReply({
    invocationId,
    content: lifted(content, liftContent),
    escalate,
    transferTo: lifted(transferTo, String),
    extra: liftedJson(extra),
  });
}

/**
 * @param {RawSummary} raw
 * @returns {AgentSummary}
 */
export function liftSummary({ name, description, version, inputSchema, extra }) {
  return { name, description, version, inputSchema: liftedJson(inputSchema), extra: liftedJson(extra) };
}
