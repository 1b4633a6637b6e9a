/**
 * Models that the host asks for the agent.
 */

import { Content } from "./content.js";
import { Failure } from "./failure.js";
import { Started } from "./started.js";

/** @import { CompletionWork, Host } from "./host.js" */
/** @import { Asked, Delta, Embeddings, FinishReason, FunctionCallPart, Json, JsonInput, ModelOptions, ModelRequest, ModelSummary, Usage } from "./types.js" */

/**
 * What a {@link ModelResponse} is made of.
 *
 * @typedef {object} Written
 * @property {string} model
 * @property {Content | string} content A string is a text.
 * @property {FinishReason} [finish] `stop` where it is left out.
 * @property {Partial<Usage>} [usage]
 * @property {Json | undefined} [extra]
 */

/** What a model answered. */
export class ModelResponse {
  /** @param {Written} written */
  constructor({ model, content, finish = "stop", usage = {}, extra }) {
    const { inputTokens = 0, outputTokens = 0, cachedTokens = 0, thoughtTokens = 0, extra: counted } = usage;
    /** @readonly @type {string} The provider's name of the model. */
    this.model = model;
    /** @readonly @type {Content} The answer, with the role `model`. It belongs into the conversation as it is. */
    this.content = typeof content === "string" ? Content.model(content) : content;
    /** @readonly @type {FinishReason} Why it ends. */
    this.finish = finish;
    /** @readonly @type {Usage} What it took. */
    this.usage = { inputTokens, outputTokens, cachedTokens, thoughtTokens, extra: counted };
    /** @readonly @type {Json | undefined} Anything else the provider says. */
    this.extra = extra;
  }

  /**
   * The texts of the answer as one string.
   * @returns {string}
   */
  get text() {
    return this.content.text;
  }

  /**
   * The functions that the model wants called.
   * @returns {FunctionCallPart[]}
   */
  get functionCalls() {
    return this.content.parts.filter((part) => part.type === "function-call");
  }

  /**
   * The answer to a request with a `responseSchema`. The type argument is what the schema says: the host lets no other answer
   * through.
   *
   * @template {JsonInput} [T=Json]
   * @returns {T}
   * @throws {Failure} `failed` with the code `invalid_response` where the text is not JSON.
   */
  json() {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      throw Failure.failed(`the answer of the model is not JSON: ${reason}`, { code: "invalid_response" });
    }
  }
}

/**
 * An answer that a model is writing: `cx.models.open` makes it. Iterating over it gives its deltas as they come:
 *
 * ```js
 * const completion = cx.models.open("Tell me a story.");
 * for (const delta of completion) if (delta.type === "text-delta") yield delta;
 * return completion.finish().content;
 * ```
 *
 * It can be waited for with timers and others: it is ready when there is a next delta, or no more.
 *
 * @extends {Started<CompletionWork>}
 */
export class Completion extends Started {
  /** @type {Delta[]} */
  #unread = [];

  /**
   * What is written, one after the other. Who stops, and iterates again, goes on with the next one.
   * @returns {Generator<Delta, void, unknown>}
   */
  *[Symbol.iterator]() {
    for (;;) {
      if (this.#unread.length === 0) this.#unread = this.work.next();
      const delta = this.#unread.shift();
      if (!delta) return;
      yield delta;
    }
  }

  /**
   * What was written since the last time, waiting for it where there is nothing new.
   * @returns {Delta[]} Empty at the end.
   */
  read() {
    const deltas = this.#unread.length > 0 ? this.#unread : this.work.next();
    this.#unread = [];
    return deltas;
  }

  /**
   * Waits for the whole answer, as `cx.models.complete` does. Who asks again gets the same again.
   * @returns {ModelResponse}
   */
  finish() {
    return this.work.finish();
  }
}

/**
 * Asks models: `cx.models`. The host has their keys, counts the tokens, and asks again where a model cannot be reached.
 *
 * A model is asked a string or a {@link Content}, which are what the user says, a whole conversation of contents, or a
 * {@link ModelRequest}, of which the options replace members.
 *
 * Every call throws a {@link Failure}: `not-found` for an alias that is not there; `denied` where it is not granted;
 * `invalid-argument` where the provider refused the request; `rate-limited`; `unavailable`, which `isInterrupted()` where the host
 * ended while the model wrote; `deadline-exceeded`; `limit-exceeded` where a budget of tokens is used up; and `failed` with the
 * code `invalid_response` where the answer is not what was asked for.
 */
export class Models {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * The models that may be asked, by alias, the agent's default first.
   * @returns {ModelSummary[]}
   */
  available() {
    return this.#host.models();
  }

  /**
   * Asks a model and waits for the whole answer.
   *
   * ```js
   * const { text } = cx.models.complete("Why is the sky blue?", { model: "small", system: "Be brief." });
   * ```
   *
   * @param {Asked} asked
   * @param {ModelOptions} [options]
   * @returns {ModelResponse}
   */
  complete(asked, options) {
    return this.#host.complete(request(asked, options));
  }

  /**
   * Asks a model, and gives what it writes as it comes.
   *
   * @param {Asked} asked
   * @param {ModelOptions} [options]
   * @returns {Completion}
   */
  open(asked, options) {
    return new Completion(this.#host.openCompletion(request(asked, options)));
  }

  /**
   * Turns texts into vectors.
   *
   * @param {readonly string[]} texts
   * @param {{ model?: string | undefined }} [options] An alias; the agent's default where it is left out.
   * @returns {Embeddings}
   */
  embed(texts, { model } = {}) {
    return this.#host.embed([...texts], model);
  }
}

/**
 * @param {Asked} asked
 * @param {ModelOptions} [options]
 * @returns {ModelRequest}
 */
function request(asked, options) {
  if (typeof asked === "string") return { contents: [Content.user(asked)], ...options };
  if (asked instanceof Content) return { contents: [asked], ...options };
  return "contents" in asked ? { ...asked, ...options } : { contents: asked, ...options };
}
