/**
 * What an agent may use.
 */
import { Started } from "./started.js";
import type { Failure } from "./failure.js";
import type { Host, ToolWork } from "./host.js";
import type { Json, JsonInput, Tool, ToolCall, ToolOptions, ToolResponse } from "./types.js";
/** @import { Failure } from "./failure.js" */
/** @import { Host, ToolWork, ToolRequestOptions } from "./host.js" */
/** @import { Json, JsonInput, Tool, ToolCall, ToolOptions, ToolResponse } from "./types.js" */
/**
 * A tool that was started and works beside the agent: `cx.tools.start` makes it. It can be waited for with timers and others:
 *
 * ```js
 * const [first] = cx.waitAny([running, cx.timer(5000)]);
 * ```
 *
 * @template {JsonInput} [T=Json]
 * @extends {Started<ToolWork>}
 */
export declare class Running<T extends JsonInput = Json> extends Started<ToolWork> {
    /**
     * Waits for its end, as `cx.tools.call` does. Who asks again gets the same again.
     * @returns {ToolResponse<T>}
     */
    finish(): ToolResponse<T>;
}
/**
 * Uses tools: `cx.tools`. In one namespace there are the host's own, those of MCP servers (`mcp.SERVER.TOOL`), and other agents
 * (`agent.NAME`).
 *
 * A call is a name with arguments, or a whole call as a model makes it: a {@link ToolCall}, which a part of the type
 * `function-call` is.
 *
 * Where the tool itself says that it failed, that is a response too, with `failed`, for the model to read. Every call throws a
 * {@link Failure}, among others `not-found`; `denied` where it is not granted, with the code `rejected` where a person said no;
 * `invalid-argument` where the arguments do not satisfy the schema; `deadline-exceeded`, which `isExpired()` where nobody approved
 * it in time; and `conflict` with the code `unknown_outcome` where nobody knows whether a tool that may not be called twice has
 * done it.
 */
export declare class Tools {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * The tools that may be called, by name.
     * @returns {Tool[]}
     */
    available(): Tool[];
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {string} tool
     * @param {JsonInput} [args]
     * @param {ToolOptions} [options]
     * @returns {ToolResponse<T>}
     */
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {ToolCall} call
     * @param {ToolOptions} [options]
     * @returns {ToolResponse<T>}
     */
    /**
     * Calls a tool and waits for its response.
     *
     * ```js
     * const { response } = cx.tools.call("calculator", { sum: [1, 2] }, { timeoutMs: 5000 });
     * ```
     *
     * The type argument is that of the response, a promise of yours that nothing checks.
     *
     * @param {string | ToolCall} tool The name of a tool, or a whole call.
     * @param {JsonInput} [second] After a name, the arguments: `{}` where they are left out. After a call, the options.
     * @param {ToolOptions} [third] The options after arguments.
     * @returns {ToolResponse<any>}
     */
    call<T extends JsonInput = Json>(tool: string, args?: JsonInput, options?: ToolOptions): ToolResponse<T>;
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {string} tool
     * @param {JsonInput} [args]
     * @param {ToolOptions} [options]
     * @returns {ToolResponse<T>}
     */
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {ToolCall} call
     * @param {ToolOptions} [options]
     * @returns {ToolResponse<T>}
     */
    /**
     * Calls a tool and waits for its response.
     *
     * ```js
     * const { response } = cx.tools.call("calculator", { sum: [1, 2] }, { timeoutMs: 5000 });
     * ```
     *
     * The type argument is that of the response, a promise of yours that nothing checks.
     *
     * @param {string | ToolCall} tool The name of a tool, or a whole call.
     * @param {JsonInput} [second] After a name, the arguments: `{}` where they are left out. After a call, the options.
     * @param {ToolOptions} [third] The options after arguments.
     * @returns {ToolResponse<any>}
     */
    call<T extends JsonInput = Json>(call: ToolCall, options?: ToolOptions): ToolResponse<T>;
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {string} tool
     * @param {JsonInput} [args]
     * @param {ToolOptions} [options]
     * @returns {Running<T>}
     */
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {ToolCall} call
     * @param {ToolOptions} [options]
     * @returns {Running<T>}
     */
    /**
     * Starts a call, which goes on while the agent does something else.
     *
     * @param {string | ToolCall} tool The name of a tool, or a whole call.
     * @param {JsonInput} [second] After a name, the arguments: `{}` where they are left out. After a call, the options.
     * @param {ToolOptions} [third] The options after arguments.
     * @returns {Running<any>}
     */
    start<T extends JsonInput = Json>(tool: string, args?: JsonInput, options?: ToolOptions): Running<T>;
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {string} tool
     * @param {JsonInput} [args]
     * @param {ToolOptions} [options]
     * @returns {Running<T>}
     */
    /**
     * @template {JsonInput} [T=Json]
     * @overload
     * @param {ToolCall} call
     * @param {ToolOptions} [options]
     * @returns {Running<T>}
     */
    /**
     * Starts a call, which goes on while the agent does something else.
     *
     * @param {string | ToolCall} tool The name of a tool, or a whole call.
     * @param {JsonInput} [second] After a name, the arguments: `{}` where they are left out. After a call, the options.
     * @param {ToolOptions} [third] The options after arguments.
     * @returns {Running<any>}
     */
    start<T extends JsonInput = Json>(call: ToolCall, options?: ToolOptions): Running<T>;
    /**
     * Calls several tools at once, and waits for all of them. A call that failed is a {@link Failure} in its place, which is not
     * thrown.
     *
     * @param {readonly ToolCall[]} calls
     * @param {ToolOptions} [options] Of each call.
     * @returns {(ToolResponse | Failure)[]} In the order of the calls.
     */
    callAll(calls: readonly ToolCall[], options?: ToolOptions): (ToolResponse | Failure)[];
}
