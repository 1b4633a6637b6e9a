/**
 * Tools, as the contract carries them.
 */

import { decode } from "../json.js";
import { liftResponse } from "./content.js";
import { liftFailure } from "./entry.js";
import { json, liftedJson, option, string } from "./scalars.js";

/** @import { Failure } from "../failure.js" */
/** @import { ToolRequestOptions } from "../host.js" */
/** @import { Tool, ToolHints, ToolResponse } from "../types.js" */
/** @import { RawResponse } from "./content.js" */
/** @import { RawFailure } from "./entry.js" */

/**
 * How a tool is called, as the contract has it.
 *
 * @typedef {object} RawToolOptions
 * @property {number | undefined} timeoutMs
 * @property {string | undefined} idempotencyKey
 * @property {boolean} relayEvents
 * @property {string | undefined} extra
 */

/**
 * One of several responses, as the contract has it.
 * @typedef {{ tag: "ok", val: RawResponse } | { tag: "err", val: RawFailure }} RawResult
 */

/**
 * A tool as the contract has it.
 *
 * @typedef {object} RawTool
 * @property {string} name
 * @property {string} description
 * @property {string} parameters
 * @property {ToolHints} hints
 * @property {string | null | undefined} extra
 */

/**
 * @param {ToolRequestOptions} options
 * @returns {RawToolOptions}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerToolOptions({ timeoutMs, idempotencyKey, relay, extra }) {
  return {
    timeoutMs,
    idempotencyKey: option(idempotencyKey, (key) => string(key, "an idempotency key")),
    relayEvents: Boolean(relay),
    extra: json(extra, "the `extra` of a call"),
  };
}

/**
 * @param {RawResult} raw
 * @returns {ToolResponse | Failure}
 */
export function liftResult({ tag, val }) {
  return tag === "ok" ? liftResponse(val) : liftFailure(val);
}

/**
 * @param {RawTool} raw
 * @returns {Tool}
 */
export function liftTool({ name, description, parameters, hints, extra }) {
  const { readOnly, destructive, idempotent, openWorld, needsApproval } = hints;
  return {
    name,
    description,
    parameters: decode(parameters),
    hints: { readOnly, destructive, idempotent, openWorld, needsApproval },
    extra: liftedJson(extra),
  };
}
