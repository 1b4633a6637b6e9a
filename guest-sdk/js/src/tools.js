/**
 * What an agent may use.
 */

import { Started } from "./started.js";
import { millis } from "./wait.js";

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
export class Running extends Started {
  /**
   * Waits for its end, as `cx.tools.call` does. Who asks again gets the same again.
   * @returns {ToolResponse<T>}
   */
  finish() {
    return /** @type {ToolResponse<T>} */ (this.work.finish());
  }
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
export class Tools {
  /** @type {Host} */
  #host;
  #calls = 0;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * The tools that may be called, by name.
   * @returns {Tool[]}
   */
  available() {
    return this.#host.tools();
  }

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
  call(tool, second, third) {
    const [call, options] = this.#read(tool, second, third);
    return this.#host.callTool(call, options);
  }

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
  start(tool, second, third) {
    const [call, options] = this.#read(tool, second, third);
    return new Running(this.#host.startTool(call, options));
  }

  /**
   * Calls several tools at once, and waits for all of them. A call that failed is a {@link Failure} in its place, which is not
   * thrown.
   *
   * @param {readonly ToolCall[]} calls
   * @param {ToolOptions} [options] Of each call.
   * @returns {(ToolResponse | Failure)[]} In the order of the calls.
   */
  callAll(calls, options) {
    return this.#host.callTools(calls.map((call) => this.#whole(call)), read(options));
  }

  /**
   * @param {string | ToolCall} tool
   * @param {JsonInput} [second]
   * @param {ToolOptions} [third]
   * @returns {[Required<ToolCall>, ToolRequestOptions]}
   */
  #read(tool, second, third) {
    if (typeof tool === "string") return [this.#whole({ name: tool, args: second }), read(third)];
    return [this.#whole(tool), read(/** @type {ToolOptions | undefined} */ (second))];
  }

  /**
   * The call with an id of its own, where it has none: `call-1`, `call-2` and so on.
   *
   * @param {ToolCall} call
   * @returns {Required<ToolCall>}
   */
  #whole({ id = `call-${(this.#calls += 1)}`, name, args = {} }) {
    return { id, name, args };
  }
}

/**
 * @param {ToolOptions} [options]
 * @returns {ToolRequestOptions}
 */
function read({ timeoutMs, idempotencyKey, relay = false, extra } = {}) {
  return { timeoutMs: timeoutMs === undefined ? undefined : millis(timeoutMs), idempotencyKey, relay, extra };
}
