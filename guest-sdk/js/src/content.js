/**
 * What is said: one {@link Content} is one turn of the conversation, made of {@link Part}s.
 */

import { Failure } from "./failure.js";

/** @import { Custom, FileDataPart, FunctionCallPart, FunctionResponsePart, InlineDataPart, Json, JsonInput, Part, Role, TextPart, ThoughtPart } from "./types.js" */

/**
 * One turn of the conversation.
 *
 * ```js
 * const content = Content.model("Here is the chart.", inlineData("image/png", bytes));
 * content.text; // "Here is the chart."
 * ```
 */
export class Content {
  /**
   * @param {Role} role
   * @param {readonly (Part | string)[]} [parts] A string is a text part.
   */
  constructor(role, parts = []) {
    /** @type {Role} Who speaks. */
    this.role = role;
    /** @type {Part[]} What is said, in order. */
    this.parts = parts.map((part) => (typeof part === "string" ? text(part) : part));
  }

  /**
   * What the user says.
   * @param {...(Part | string)} parts A string is a text part.
   * @returns {Content}
   */
  static user(...parts) {
    return new Content("user", parts);
  }

  /**
   * What the agent says.
   * @param {...(Part | string)} parts A string is a text part.
   * @returns {Content}
   */
  static model(...parts) {
    return new Content("model", parts);
  }

  /**
   * All text parts as one string. Thoughts are not part of it.
   * @returns {string}
   */
  get text() {
    return this.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  }

  /**
   * The text, parsed as JSON. Its shape is what the sender made it, so look before you rely on it.
   *
   * @template {JsonInput} [T=Json]
   * @returns {T}
   * @throws {Failure} `invalid-argument` where the text is not JSON.
   */
  json() {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      throw Failure.invalidArgument(`the input is not the JSON that this agent takes: ${reason}`);
    }
  }
}

/**
 * Text to show.
 * @param {string} text
 * @returns {TextPart}
 */
export function text(text) {
  return { type: "text", text };
}

/**
 * The model's reasoning.
 * @param {string} text
 * @returns {ThoughtPart}
 */
export function thought(text) {
  return { type: "thought", text };
}

/**
 * Bytes that travel with the message.
 * @param {string} mimeType For example `image/png`.
 * @param {Uint8Array | ArrayBuffer | readonly number[]} data
 * @returns {InlineDataPart}
 */
export function inlineData(mimeType, data) {
  return { type: "inline-data", mimeType, data: data instanceof Uint8Array ? data : new Uint8Array(data) };
}

/**
 * Bytes that are somewhere else.
 * @param {string} uri
 * @param {string} [mimeType] For example `image/png`, where it is known.
 * @returns {FileDataPart}
 */
export function fileData(uri, mimeType) {
  return mimeType === undefined ? { type: "file-data", uri } : { type: "file-data", uri, mimeType };
}

/**
 * A tool that the model wants called.
 * @param {string} id Pairs the call with its response.
 * @param {string} name The tool.
 * @param {JsonInput} args Its arguments, in the tool's own shape.
 * @returns {FunctionCallPart}
 */
export function functionCall(id, name, args) {
  return { type: "function-call", id, name, args };
}

/**
 * What a tool answered.
 * @param {string} id The id of the call.
 * @param {string} name The tool.
 * @param {JsonInput} response The answer, in the tool's own shape.
 * @param {{ failed?: boolean }} [options] Whether the answer is an error.
 * @returns {FunctionResponsePart}
 */
export function functionResponse(id, name, response, { failed = false } = {}) {
  return { type: "function-response", id, name, response, failed };
}

/**
 * A named JSON value, as a part or as an event: anything the agent and its client agree on.
 * @param {string} name What the value means.
 * @param {JsonInput} value
 * @returns {Custom}
 */
export function custom(name, value) {
  return { type: "custom", name, value };
}
