/**
 * Models, as the contract carries them.
 */
import { ModelResponse } from "../models.js";
import type { Delta, Embeddings, ModelRequest, ModelSummary } from "../types.js";
import type { RawContent } from "./content.js";
export type Wide = number | bigint;
export type RawCase = {
    tag: string;
    val?: any;
};
export type RawRequest = {
    model: string | undefined;
    system: string | undefined;
    contents: RawContent[];
    tools: {
        name: string;
        description: string;
        parameters: string;
    }[];
    toolChoice: RawCase;
    maxOutputTokens: number | undefined;
    temperature: number | undefined;
    stop: string[];
    responseSchema: string | undefined;
    relay: string;
    extra: string | undefined;
};
export type RawUsage = {
    inputTokens: Wide;
    outputTokens: Wide;
    cachedTokens: Wide;
    thoughtTokens: Wide;
    extra: string | null | undefined;
};
export type RawModelResponse = {
    model: string;
    content: RawContent;
    finish: RawCase;
    usage: RawUsage;
    extra: string | null | undefined;
};
export type RawModel = {
    name: string;
    description: string;
    extra: string | null | undefined;
};
export type RawEmbeddings = {
    model: string;
    vectors: Iterable<Iterable<number>>;
    usage: RawUsage;
    extra: string | null | undefined;
};
/**
 * @param {ModelRequest} request
 * @returns {RawRequest}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerModelRequest({ contents, tools, toolChoice, stop, relay, ...rest }: ModelRequest): RawRequest;
/**
 * @param {readonly string[]} texts
 * @param {string | undefined} model
 * @returns {[model: string | undefined, texts: string[]]}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerEmbed(texts: readonly string[], model: string | undefined): [model: string | undefined, texts: string[]];
/**
 * @param {RawModelResponse} raw
 * @returns {ModelResponse}
 */
export declare function liftModelResponse({ model, content, finish, usage, extra }: RawModelResponse): ModelResponse;
/**
 * @param {RawCase} raw
 * @returns {Delta}
 */
export declare function liftDelta({ tag, val }: RawCase): Delta;
/**
 * @param {RawModel} raw
 * @returns {ModelSummary}
 */
export declare function liftModel({ name, description, extra }: RawModel): ModelSummary;
/**
 * @param {RawEmbeddings} raw
 * @returns {Embeddings}
 */
export declare function liftEmbeddings({ model, vectors, usage, extra }: RawEmbeddings): Embeddings;
