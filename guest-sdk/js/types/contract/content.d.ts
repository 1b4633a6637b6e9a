/**
 * Contents and their parts, as the contract carries them.
 */
import { Content } from "../content.js";
import type { FunctionCallPart, ToolCall, ToolResponse } from "../types.js";
export type RawPart = {
    tag: string;
    val: any;
};
export type RawContent = {
    role: string;
    parts: RawPart[];
};
export type RawCall = {
    id: string;
    name: string;
    args: string;
};
export type RawResponse = {
    id: string;
    name: string;
    response: string;
    failed: boolean;
};
/** @import { FunctionCallPart, Part, ToolCall, ToolResponse } from "../types.js" */
/**
 * A part as the contract has it.
 * @typedef {{ tag: string, val: any }} RawPart
 */
/**
 * A content as the contract has it.
 * @typedef {{ role: string, parts: RawPart[] }} RawContent
 */
/**
 * The call of a tool as the contract has it.
 * @typedef {{ id: string, name: string, args: string }} RawCall
 */
/**
 * The response of a tool as the contract has it.
 * @typedef {{ id: string, name: string, response: string, failed: boolean }} RawResponse
 */
/**
 * @param {unknown} content
 * @returns {RawContent}
 * @throws {TypeError} Where it is no content.
 */
export declare function lowerContent(content: unknown): RawContent;
/**
 * @param {ToolCall} call
 * @returns {RawCall}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerCall(call: ToolCall): RawCall;
/**
 * @param {{ name: unknown, value: unknown }} custom
 * @returns {{ name: string, value: string }}
 */
export declare function lowerCustom({ name, value }: {
    name: unknown;
    value: unknown;
}): {
    name: string;
    value: string;
};
/**
 * @param {RawContent} raw
 * @returns {Content}
 */
export declare function liftContent({ role, parts }: RawContent): Content;
/**
 * @param {RawCall} raw
 * @returns {FunctionCallPart}
 */
export declare function liftCall({ id, name, args }: RawCall): FunctionCallPart;
/**
 * @param {RawResponse} raw
 * @returns {ToolResponse}
 */
export declare function liftResponse({ id, name, response, failed }: RawResponse): ToolResponse;
