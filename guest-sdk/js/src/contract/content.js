/**
 * Contents and their parts, as the contract carries them.
 */

import { Content } from "../content.js";
import { decode, encode } from "../json.js";
import { lifted, option, string, typeOf } from "./scalars.js";

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
export function lowerContent(content) {
  if (!(content instanceof Content)) throw new TypeError(`a value of type ${typeOf(content)} is no Content`);
  return { role: string(content.role, "the role of a content"), parts: content.parts.map(lowerPart) };
}

/**
 * @param {Part} part
 * @returns {RawPart}
 * @throws {TypeError} Where it is no part.
 */
function lowerPart(part) {
  switch (part?.type) {
    case "text":
    case "thought":
      return { tag: part.type, val: string(part.text, `the text of a ${part.type} part`) };
    case "inline-data":
      return { tag: part.type, val: { mimeType: string(part.mimeType, "a MIME type"), data: bytes(part.data) } };
    case "file-data":
      return { tag: part.type, val: { mimeType: option(part.mimeType, mimeType), uri: string(part.uri, "a URI") } };
    case "function-call":
      return { tag: part.type, val: lowerCall(part) };
    case "function-response":
      return {
        tag: part.type,
        val: { ...named(part), response: encode(part.response, "the response to a call"), failed: Boolean(part.failed) },
      };
    case "custom":
      return { tag: "other", val: lowerCustom(part) };
    default:
      throw new TypeError("a value is no part of a content; use text(…), inlineData(…) and their like");
  }
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function mimeType(value) {
  return string(value, "a MIME type");
}

/**
 * @param {unknown} data
 * @returns {Uint8Array}
 */
function bytes(data) {
  if (!(data instanceof Uint8Array)) throw new TypeError(`inline data is a Uint8Array, not of type ${typeOf(data)}`);
  return data;
}

/**
 * @param {ToolCall} call
 * @returns {RawCall}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerCall(call) {
  return { ...named(call), args: encode(call.args, "the arguments of a call") };
}

/**
 * @param {{ id?: unknown, name: unknown }} call
 * @returns {{ id: string, name: string }}
 */
function named({ id, name }) {
  return { id: string(id, "the id of a call"), name: string(name, "the name of a tool") };
}

/**
 * @param {{ name: unknown, value: unknown }} custom
 * @returns {{ name: string, value: string }}
 */
export function lowerCustom({ name, value }) {
  return { name: string(name, "the name of a custom value"), value: encode(value, `the custom value \`${name}\``) };
}

/**
 * @param {RawContent} raw
 * @returns {Content}
 */
export function liftContent({ role, parts }) {
  return new Content(role, Array.from(parts, liftPart));
}

/**
 * @param {RawPart} raw
 * @returns {Part}
 */
function liftPart({ tag, val }) {
  switch (tag) {
    case "text":
    case "thought":
      return { type: tag, text: val };
    case "inline-data":
      return { type: tag, mimeType: val.mimeType, data: Uint8Array.from(val.data) };
    case "file-data": {
      const mimeType = lifted(val.mimeType, String);
      return mimeType === undefined ? { type: tag, uri: val.uri } : { type: tag, uri: val.uri, mimeType };
    }
    case "function-call":
      return liftCall(val);
    case "function-response":
      return liftResponse(val);
    default:
      return { type: "custom", name: val.name, value: decode(val.value) };
  }
}

/**
 * @param {RawCall} raw
 * @returns {FunctionCallPart}
 */
export function liftCall({ id, name, args }) {
  return { type: "function-call", id, name, args: decode(args) };
}

/**
 * @param {RawResponse} raw
 * @returns {ToolResponse}
 */
export function liftResponse({ id, name, response, failed }) {
  return { type: "function-response", id, name, response: decode(response), failed };
}
