/**
 * Models, as the contract carries them.
 */

import { decode, encode } from "../json.js";
import { ModelResponse } from "../models.js";
import { liftCall, liftContent, lowerContent } from "./content.js";
import { json, liftedJson, option, string, typeOf, whole } from "./scalars.js";

/** @import { Delta, Embeddings, ModelRequest, ModelSummary, ModelTool, ToolChoice, Usage } from "../types.js" */
/** @import { RawContent } from "./content.js" */

/**
 * A number of 64 bits.
 * @typedef {number | bigint} Wide
 */

/**
 * A case of a variant as the contract has it.
 * @typedef {{ tag: string, val?: any }} RawCase
 */

/**
 * What a model is asked, as the contract has it.
 *
 * @typedef {object} RawRequest
 * @property {string | undefined} model
 * @property {string | undefined} system
 * @property {RawContent[]} contents
 * @property {{ name: string, description: string, parameters: string }[]} tools
 * @property {RawCase} toolChoice
 * @property {number | undefined} maxOutputTokens
 * @property {number | undefined} temperature
 * @property {string[]} stop
 * @property {string | undefined} responseSchema
 * @property {string} relay
 * @property {string | undefined} extra
 */

/**
 * What was used, as the contract has it.
 *
 * @typedef {object} RawUsage
 * @property {Wide} inputTokens
 * @property {Wide} outputTokens
 * @property {Wide} cachedTokens
 * @property {Wide} thoughtTokens
 * @property {string | null | undefined} extra
 */

/**
 * What a model answered, as the contract has it.
 *
 * @typedef {object} RawModelResponse
 * @property {string} model
 * @property {RawContent} content
 * @property {RawCase} finish
 * @property {RawUsage} usage
 * @property {string | null | undefined} extra
 */

/**
 * A model as the contract has it.
 * @typedef {{ name: string, description: string, extra: string | null | undefined }} RawModel
 */

/**
 * Vectors as the contract has them.
 *
 * @typedef {object} RawEmbeddings
 * @property {string} model
 * @property {Iterable<Iterable<number>>} vectors
 * @property {RawUsage} usage
 * @property {string | null | undefined} extra
 */

const CHOICES = ["auto", "none", "required"];
const RELAYS = ["off", "text", "all"];
/** The most tokens that the contract can ask for. */
const MAX_TOKENS = 2 ** 32 - 1;

/**
 * @param {ModelRequest} request
 * @returns {RawRequest}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerModelRequest({ contents, tools = [], toolChoice = "auto", stop = [], relay = "off", ...rest }) {
  return {
    model: option(rest.model, alias),
    system: option(rest.system, (text) => string(text, "the instruction of a model")),
    contents: contents.map(lowerContent),
    tools: tools.map(lowerTool),
    toolChoice: lowerChoice(toolChoice),
    maxOutputTokens: option(rest.maxOutputTokens, (tokens) => Math.min(whole(tokens, "`maxOutputTokens`"), MAX_TOKENS)),
    temperature: option(rest.temperature, temperature),
    stop: stop.map((text) => string(text, "a text that ends an answer")),
    responseSchema: json(rest.responseSchema, "the schema of an answer"),
    relay: oneOf("relay", relay, RELAYS),
    extra: json(rest.extra, "the `extra` of a request"),
  };
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function alias(value) {
  return string(value, "the alias of a model");
}

/** @param {ModelTool} tool */
function lowerTool({ name, description = "", parameters }) {
  return {
    name: string(name, "the name of a tool"),
    description: string(description, `the description of \`${name}\``),
    parameters: encode(parameters, `the parameters of \`${name}\``),
  };
}

/**
 * @param {ToolChoice} choice
 * @returns {RawCase}
 */
function lowerChoice(choice) {
  if (typeof choice === "object") return { tag: "named", val: string(choice.name, "the name of a tool") };
  return { tag: oneOf("toolChoice", choice, CHOICES) };
}

/**
 * @param {unknown} value
 * @returns {number}
 */
function temperature(value) {
  if (typeof value !== "number") throw new TypeError(`\`temperature\` is not a number but of type ${typeOf(value)}`);
  return value;
}

/**
 * @param {string} what
 * @param {string} value
 * @param {readonly string[]} known
 * @returns {string}
 */
function oneOf(what, value, known) {
  if (known.includes(value)) return value;
  throw new TypeError(`\`${what}\` is one of ${known.join(", ")}, not \`${String(value)}\``);
}

/**
 * @param {readonly string[]} texts
 * @param {string | undefined} model
 * @returns {[model: string | undefined, texts: string[]]}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerEmbed(texts, model) {
  return [option(model, alias), texts.map((text) => string(text, "a text to embed"))];
}

/**
 * @param {RawModelResponse} raw
 * @returns {ModelResponse}
 */
export function liftModelResponse({ model, content, finish, usage, extra }) {
  return new ModelResponse({
    model,
    content: liftContent(content),
    finish: finish.tag === "other" ? finish.val : finish.tag,
    usage: liftUsage(usage),
    extra: liftedJson(extra),
  });
}

/**
 * @param {RawUsage} raw
 * @returns {Usage}
 */
function liftUsage({ inputTokens, outputTokens, cachedTokens, thoughtTokens, extra }) {
  return {
    inputTokens: Number(inputTokens),
    outputTokens: Number(outputTokens),
    cachedTokens: Number(cachedTokens),
    thoughtTokens: Number(thoughtTokens),
    extra: liftedJson(extra),
  };
}

/**
 * @param {RawCase} raw
 * @returns {Delta}
 */
export function liftDelta({ tag, val }) {
  switch (tag) {
    case "text":
      return { type: "text-delta", text: val };
    case "thought":
      return { type: "thought-delta", text: val };
    case "function-call":
      return liftCall(val);
    default:
      return { type: "other", value: decode(val) };
  }
}

/**
 * @param {RawModel} raw
 * @returns {ModelSummary}
 */
export function liftModel({ name, description, extra }) {
  return { name, description, extra: liftedJson(extra) };
}

/**
 * @param {RawEmbeddings} raw
 * @returns {Embeddings}
 */
export function liftEmbeddings({ model, vectors, usage, extra }) {
  return {
    model,
    vectors: Array.from(vectors, (vector) => Array.from(vector)),
    usage: liftUsage(usage),
    extra: liftedJson(extra),
  };
}
