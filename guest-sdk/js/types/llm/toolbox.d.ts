/**
 * What a model may call in one run, and what comes of it.
 */
import { Outcome } from "../outcome.js";
import type { Context } from "../context.js";
import type { FunctionCallPart, FunctionResponsePart, Json, ModelTool } from "../types.js";
import type { FunctionTool } from "./function.js";
import type { LlmAgentDefinition } from "./types.js";
export type Kit = {
    functions: readonly FunctionTool[];
    hostTools: readonly string[];
    /**
     * The agents that it may hand over to, and when.
     */
    handOver: Map<string, string>;
    before: LlmAgentDefinition["beforeTool"];
    after: LlmAgentDefinition["afterTool"];
};
export type Callable = {
    described: ModelTool;
    call?: (args: Json) => Json | Outcome;
};
/** What a model may call in one run. A name that models do not allow, such as `mcp.files.read`, is another one for them. */
export declare class Toolbox {
    #private;
    /**
     * @param {Context} cx
     * @param {Kit} kit
     * @throws {Failure} Where the host has a tool not that is named in full.
     */
    constructor(cx: Context, kit: Kit);
    /**
     * What the model is told.
     * @returns {ModelTool[]}
     */
    get tools(): ModelTool[];
    /**
     * How the run ends, where a call ended it.
     * @returns {Outcome | undefined}
     */
    get outcome(): Outcome | undefined;
    /**
     * Makes all calls: those of the host's tools at once, then those of functions, one after the other. What fails is a failed
     * response, for the model to read.
     *
     * @param {readonly FunctionCallPart[]} asked
     * @returns {FunctionResponsePart[]}
     * @throws {Failure} Only where the run is to end.
     */
    answer(asked: readonly FunctionCallPart[]): FunctionResponsePart[];
}
