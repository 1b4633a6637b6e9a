/**
 * A function of the author's as a tool.
 */
import { Outcome } from "../outcome.js";
import type { Context } from "../context.js";
import type { Json, ModelTool } from "../types.js";
import type { FunctionDescription, Parameter, ParameterValue, Parameters, ToolFunction } from "./types.js";
/**
 * The JSON Schema of arguments.
 *
 * ```js
 * params({ item: "string", count: { type: "integer", description: "How many.", default: 1 }, note: "string?" });
 * ```
 *
 * @template {{ readonly [name: string]: Parameter }} const P
 * @param {P} parameters Each by its type in a word, with `?` where it may be left out, or by its JSON Schema.
 * @returns {Parameters<{ [N in keyof P]: ParameterValue<P[N]> }>}
 * @throws {TypeError} Where there is no such type.
 */
export declare function params<const P extends {
    readonly [name: string]: Parameter;
}>(parameters: P): Parameters<{ [N in keyof P]: ParameterValue<P[N]>; }>;
/** A function that a model may call: `tool` makes one. */
export declare class FunctionTool {
    #private;
    /** @readonly @type {ModelTool} What a model is told of it. */
    described: ModelTool;
    /**
     * @param {FunctionDescription<any>} description
     * @param {ToolFunction<any>} run
     */
    constructor({ name, description, parameters }: FunctionDescription<any>, run: ToolFunction<any>);
    /**
     * Calls the function.
     *
     * @param {Context} cx
     * @param {Json} args
     * @returns {Json | Outcome} What it returns, and `null` for nothing.
     * @throws {TypeError} Where the arguments are not those of the function.
     */
    call(cx: Context, args: Json): Json | Outcome;
}
/**
 * Makes a tool of a function.
 *
 * ```js
 * const price = tool(
 *   { name: "price", description: "What an item costs, in euros.", parameters: params({ item: "string" }) },
 *   ({ item }) => PRICES[item],
 * );
 * ```
 *
 * @template [A=any]
 * @param {FunctionDescription<A>} description What a model is told of it.
 * @param {ToolFunction<A>} run Takes the arguments and the context, and returns JSON, or an `Outcome` with which the run ends. What
 *   it throws is a failed response, for the model to read.
 * @returns {FunctionTool}
 * @throws {TypeError} Where the name or the function is missing.
 */
export declare function tool<A = any>(description: FunctionDescription<A>, run: ToolFunction<A>): FunctionTool;
