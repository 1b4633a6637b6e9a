/**
 * Tools, as the contract carries them.
 */
import type { Failure } from "../failure.js";
import type { ToolRequestOptions } from "../host.js";
import type { Tool, ToolHints, ToolResponse } from "../types.js";
import type { RawResponse } from "./content.js";
import type { RawFailure } from "./entry.js";
export type RawToolOptions = {
    timeoutMs: number | undefined;
    idempotencyKey: string | undefined;
    relayEvents: boolean;
    extra: string | undefined;
};
export type RawResult = {
    tag: "ok";
    val: RawResponse;
} | {
    tag: "err";
    val: RawFailure;
};
export type RawTool = {
    name: string;
    description: string;
    parameters: string;
    hints: ToolHints;
    extra: string | null | undefined;
};
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
export declare function lowerToolOptions({ timeoutMs, idempotencyKey, relay, extra }: ToolRequestOptions): RawToolOptions;
/**
 * @param {RawResult} raw
 * @returns {ToolResponse | Failure}
 */
export declare function liftResult({ tag, val }: RawResult): ToolResponse | Failure;
/**
 * @param {RawTool} raw
 * @returns {Tool}
 */
export declare function liftTool({ name, description, parameters, hints, extra }: RawTool): Tool;
