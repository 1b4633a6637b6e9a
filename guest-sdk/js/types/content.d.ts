/**
 * What is said: one {@link Content} is one turn of the conversation, made of {@link Part}s.
 */
import type { Custom, FileDataPart, FunctionCallPart, FunctionResponsePart, InlineDataPart, Json, JsonInput, Part, Role, TextPart, ThoughtPart } from "./types.js";
/** @import { Custom, FileDataPart, FunctionCallPart, FunctionResponsePart, InlineDataPart, Json, JsonInput, Part, Role, TextPart, ThoughtPart } from "./types.js" */
/**
 * One turn of the conversation.
 *
 * ```js
 * const content = Content.model("Here is the chart.", inlineData("image/png", bytes));
 * content.text; // "Here is the chart."
 * ```
 */
export declare class Content {
    /** @type {Role} Who speaks. */
    role: Role;
    /** @type {Part[]} What is said, in order. */
    parts: Part[];
    /**
     * @param {Role} role
     * @param {readonly (Part | string)[]} [parts] A string is a text part.
     */
    constructor(role: Role, parts?: readonly (Part | string)[]);
    /**
     * What the user says.
     * @param {...(Part | string)} parts A string is a text part.
     * @returns {Content}
     */
    static user(...parts: (Part | string)[]): Content;
    /**
     * What the agent says.
     * @param {...(Part | string)} parts A string is a text part.
     * @returns {Content}
     */
    static model(...parts: (Part | string)[]): Content;
    /**
     * All text parts as one string. Thoughts are not part of it.
     * @returns {string}
     */
    get text(): string;
    /**
     * The text, parsed as JSON. Its shape is what the sender made it, so look before you rely on it.
     *
     * @template {JsonInput} [T=Json]
     * @returns {T}
     * @throws {Failure} `invalid-argument` where the text is not JSON.
     */
    json<T extends JsonInput = Json>(): T;
}
/**
 * Text to show.
 * @param {string} text
 * @returns {TextPart}
 */
export declare function text(text: string): TextPart;
/**
 * The model's reasoning.
 * @param {string} text
 * @returns {ThoughtPart}
 */
export declare function thought(text: string): ThoughtPart;
/**
 * Bytes that travel with the message.
 * @param {string} mimeType For example `image/png`.
 * @param {Uint8Array | ArrayBuffer | readonly number[]} data
 * @returns {InlineDataPart}
 */
export declare function inlineData(mimeType: string, data: Uint8Array | ArrayBuffer | readonly number[]): InlineDataPart;
/**
 * Bytes that are somewhere else.
 * @param {string} uri
 * @param {string} [mimeType] For example `image/png`, where it is known.
 * @returns {FileDataPart}
 */
export declare function fileData(uri: string, mimeType?: string): FileDataPart;
/**
 * A tool that the model wants called.
 * @param {string} id Pairs the call with its response.
 * @param {string} name The tool.
 * @param {JsonInput} args Its arguments, in the tool's own shape.
 * @returns {FunctionCallPart}
 */
export declare function functionCall(id: string, name: string, args: JsonInput): FunctionCallPart;
/**
 * What a tool answered.
 * @param {string} id The id of the call.
 * @param {string} name The tool.
 * @param {JsonInput} response The answer, in the tool's own shape.
 * @param {{ failed?: boolean }} [options] Whether the answer is an error.
 * @returns {FunctionResponsePart}
 */
export declare function functionResponse(id: string, name: string, response: JsonInput, { failed }?: {
    failed?: boolean;
}): FunctionResponsePart;
/**
 * A named JSON value, as a part or as an event: anything the agent and its client agree on.
 * @param {string} name What the value means.
 * @param {JsonInput} value
 * @returns {Custom}
 */
export declare function custom(name: string, value: JsonInput): Custom;
