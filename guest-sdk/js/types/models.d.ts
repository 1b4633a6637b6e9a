/**
 * Models that the host asks for the agent.
 */
import { Content } from "./content.js";
import { Started } from "./started.js";
import type { CompletionWork, Host } from "./host.js";
import type { Asked, Delta, Embeddings, FinishReason, FunctionCallPart, Json, JsonInput, ModelOptions, ModelSummary, Usage } from "./types.js";
export type Written = {
    model: string;
    /**
     * A string is a text.
     */
    content: Content | string;
    /**
     * `stop` where it is left out.
     */
    finish?: FinishReason;
    usage?: Partial<Usage>;
    extra?: Json | undefined;
};
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
export declare class ModelResponse {
    /** @readonly @type {string} The provider's name of the model. */
    model: string;
    /** @readonly @type {Content} The answer, with the role `model`. It belongs into the conversation as it is. */
    content: Content;
    /** @readonly @type {FinishReason} Why it ends. */
    finish: FinishReason;
    /** @readonly @type {Usage} What it took. */
    usage: Usage;
    /** @readonly @type {Json | undefined} Anything else the provider says. */
    extra: Json | undefined;
    /** @param {Written} written */
    constructor({ model, content, finish, usage, extra }: Written);
    /**
     * The texts of the answer as one string.
     * @returns {string}
     */
    get text(): string;
    /**
     * The functions that the model wants called.
     * @returns {FunctionCallPart[]}
     */
    get functionCalls(): FunctionCallPart[];
    /**
     * The answer to a request with a `responseSchema`. The type argument is what the schema says: the host lets no other answer
     * through.
     *
     * @template {JsonInput} [T=Json]
     * @returns {T}
     * @throws {Failure} `failed` with the code `invalid_response` where the text is not JSON.
     */
    json<T extends JsonInput = Json>(): T;
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
export declare class Completion extends Started<CompletionWork> {
    #private;
    /**
     * What is written, one after the other. Who stops, and iterates again, goes on with the next one.
     * @returns {Generator<Delta, void, unknown>}
     */
    [Symbol.iterator](): Generator<Delta, void, unknown>;
    /**
     * What was written since the last time, waiting for it where there is nothing new.
     * @returns {Delta[]} Empty at the end.
     */
    read(): Delta[];
    /**
     * Waits for the whole answer, as `cx.models.complete` does. Who asks again gets the same again.
     * @returns {ModelResponse}
     */
    finish(): ModelResponse;
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
export declare class Models {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * The models that may be asked, by alias, the agent's default first.
     * @returns {ModelSummary[]}
     */
    available(): ModelSummary[];
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
    complete(asked: Asked, options?: ModelOptions): ModelResponse;
    /**
     * Asks a model, and gives what it writes as it comes.
     *
     * @param {Asked} asked
     * @param {ModelOptions} [options]
     * @returns {Completion}
     */
    open(asked: Asked, options?: ModelOptions): Completion;
    /**
     * Turns texts into vectors.
     *
     * @param {readonly string[]} texts
     * @param {{ model?: string | undefined }} [options] An alias; the agent's default where it is left out.
     * @returns {Embeddings}
     */
    embed(texts: readonly string[], { model }?: {
        model?: string | undefined;
    }): Embeddings;
}
