/**
 * The tools of a test.
 */
import { Failure } from "../failure.js";
import { FakeWork } from "./work.js";
import type { ToolRequestOptions } from "../host.js";
import type { JsonInput, Tool, ToolCall, ToolResponse } from "../types.js";
import type { Clock } from "./clock.js";
import type { People } from "./people.js";
import type { CalledTool, FakeHostOptions } from "./types.js";
/** What a {@link FakeTool} answers that says of itself that it failed. */
export declare class Failed {
    /** @readonly @type {JsonInput} */
    response: JsonInput;
    /** @param {JsonInput} response For the model to read. */
    constructor(response: JsonInput);
}
export type FakeRunning = FakeWork<ToolResponse>;
/**
 * A tool that works.
 * @typedef {FakeWork<ToolResponse>} FakeRunning
 */
/** Tools that answer what the test says, and note down how they were called. */
export declare class Tools {
    #private;
    /**
     * @param {NonNullable<FakeHostOptions["tools"]>} tools
     * @param {People} people Who approves calls.
     */
    constructor(tools: NonNullable<FakeHostOptions["tools"]>, people: People);
    /** @returns {Tool[]} */
    available(): Tool[];
    /**
     * Starts a call.
     *
     * @param {ToolCall} call
     * @param {ToolRequestOptions} options
     * @param {Clock} clock
     * @returns {FakeRunning}
     * @throws {Failure} Where the run is to end, or there is no tool of this name.
     */
    start(call: ToolCall, options: ToolRequestOptions, clock: Clock): FakeRunning;
    /**
     * Starts all of them, and waits for their ends. Each fails for itself where the run is to end.
     *
     * @param {ToolCall[]} calls
     * @param {ToolRequestOptions} options
     * @param {Clock} clock
     * @returns {(ToolResponse | Failure)[]}
     */
    callAll(calls: ToolCall[], options: ToolRequestOptions, clock: Clock): (ToolResponse | Failure)[];
    /**
     * The run is over, and with it what it left running.
     * @returns {CalledTool[]} How they were called.
     */
    finish(): CalledTool[];
}
