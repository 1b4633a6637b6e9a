/**
 * What a model may call in one run, and what comes of it.
 */

import { functionCall, functionResponse } from "../content.js";
import { Failure } from "../failure.js";
import { copy } from "../json.js";
import { Outcome } from "../outcome.js";
import { params } from "./function.js";

/** @import { Context } from "../context.js" */
/** @import { FunctionCallPart, FunctionResponsePart, Json, JsonInput, ModelTool } from "../types.js" */
/** @import { FunctionTool } from "./function.js" */
/** @import { DraftCall, LlmAgentDefinition } from "./types.js" */

/**
 * What an agent gives its model to call.
 *
 * @typedef {object} Kit
 * @property {readonly FunctionTool[]} functions
 * @property {readonly string[]} hostTools
 * @property {Map<string, string>} handOver The agents that it may hand over to, and when.
 * @property {LlmAgentDefinition["beforeTool"]} before
 * @property {LlmAgentDefinition["afterTool"]} after
 */

/**
 * Something that a model may call: a tool with what makes its calls, which for the host's is the host.
 * @typedef {{ described: ModelTool, call?: (args: Json) => Json | Outcome }} Callable
 */

/** The function by which a model hands the conversation over. */
const TRANSFER = "transfer_to_agent";

/** What not every provider takes in the name of a function. */
const NOT_ALLOWED = /[^A-Za-z0-9_-]/g;
const LONGEST_NAME = 64;

/** What a model may call in one run. A name that models do not allow, such as `mcp.files.read`, is another one for them. */
export class Toolbox {
  /** @type {Context} */
  #cx;
  /** @type {Kit} */
  #kit;
  /** By the name that the model calls it by. @type {Map<string, Callable>} */
  #named = new Map();
  /** @type {Outcome | undefined} */
  #outcome;

  /**
   * @param {Context} cx
   * @param {Kit} kit
   * @throws {Failure} Where the host has a tool not that is named in full.
   */
  constructor(cx, kit) {
    this.#cx = cx;
    this.#kit = kit;
    for (const tool of kit.functions) this.#add({ described: tool.described, call: (args) => tool.call(cx, args) });
    if (kit.handOver.size > 0) this.#add({ described: transfer(kit.handOver), call: (args) => this.#transfer(args) });
    for (const described of granted(cx, kit.hostTools)) this.#add({ described });
  }

  /**
   * What the model is told.
   * @returns {ModelTool[]}
   */
  get tools() {
    return [...this.#named].map(([name, { described }]) => ({ ...described, name }));
  }

  /**
   * How the run ends, where a call ended it.
   * @returns {Outcome | undefined}
   */
  get outcome() {
    return this.#outcome;
  }

  /**
   * Makes all calls: those of the host's tools at once, then those of functions, one after the other. What fails is a failed
   * response, for the model to read.
   *
   * @param {readonly FunctionCallPart[]} asked
   * @returns {FunctionResponsePart[]}
   * @throws {Failure} Only where the run is to end.
   */
  answer(asked) {
    const made = asked.map((call) => {
      const real = this.#real(call);
      return { call: real, tool: this.#named.get(call.name), response: this.#before(real) };
    });
    const host = made.filter(({ tool, response }) => tool && !tool.call && !response);
    const ends = host.length > 0 ? this.#cx.tools.callAll(host.map(({ call }) => call)) : [];
    host.forEach((one, index) => {
      const end = ends[index];
      one.response = end instanceof Failure || !end ? this.#failed(one.call, end) : end;
    });
    return made.map(({ call, tool, response }, index) => {
      const { id, name } = /** @type {FunctionCallPart} */ (asked[index]);
      return { ...this.#after(call, response ?? this.#call(call, tool)), id, name };
    });
  }

  /**
   * Adds it under a name that models allow and no other has.
   * @param {Callable} callable
   */
  #add(callable) {
    const wanted = callable.described.name.replace(NOT_ALLOWED, "_");
    let name = wanted.slice(0, LONGEST_NAME);
    for (let number = 2; this.#named.has(name); number += 1) {
      name = `${wanted.slice(0, LONGEST_NAME - `_${number}`.length)}_${number}`;
    }
    this.#named.set(name, callable);
  }

  /**
   * The call under the tool's own name, with arguments that may be changed.
   *
   * @param {FunctionCallPart} call
   * @returns {DraftCall}
   */
  #real({ id, name, args }) {
    return functionCall(id, this.#named.get(name)?.described.name ?? name, copy(args, "the arguments of a call"));
  }

  /**
   * @param {DraftCall} call
   * @param {Callable | undefined} tool
   * @returns {FunctionResponsePart}
   */
  #call(call, tool) {
    try {
      if (!tool?.call) throw new TypeError(`no function is called \`${call.name}\`, only ${[...this.#named.keys()].join(", ") || "none"}`);
      const result = tool.call(call.args);
      if (!(result instanceof Outcome)) return functionResponse(call.id, call.name, result);
      this.#outcome ??= result;
      return functionResponse(call.id, call.name, { ended: true });
    } catch (thrown) {
      return this.#failed(call, thrown);
    }
  }

  /**
   * @param {any} args
   * @returns {Outcome}
   */
  #transfer(args) {
    const agent = args?.agent;
    if (!this.#kit.handOver.has(agent)) throw new TypeError(`\`agent\` is one of ${[...this.#kit.handOver.keys()].join(", ")}`);
    return new Outcome({ transferTo: agent });
  }

  /**
   * What the model reads of an error.
   *
   * @param {DraftCall} call
   * @param {unknown} thrown
   * @returns {FunctionResponsePart}
   * @throws {Failure} Where it is the end of the run.
   */
  #failed(call, thrown) {
    const failure = Failure.from(thrown);
    if (endsRun(this.#cx, failure)) throw failure;
    this.#cx.log.warning("a tool failed", { tool: call.name, error: failure.message });
    return functionResponse(call.id, call.name, { error: failure.message }, { failed: true });
  }

  /**
   * @param {DraftCall} call
   * @returns {FunctionResponsePart | undefined}
   */
  #before(call) {
    const said = this.#kit.before?.(this.#cx, call);
    return said === undefined ? undefined : response(call, said);
  }

  /**
   * @param {DraftCall} call
   * @param {FunctionResponsePart} answered
   * @returns {FunctionResponsePart}
   */
  #after(call, answered) {
    const said = this.#kit.after?.(this.#cx, call, answered);
    return said === undefined ? answered : response(call, said);
  }
}

/**
 * The host's tools that the patterns stand for.
 *
 * @param {Context} cx
 * @param {readonly string[]} patterns
 * @returns {ModelTool[]}
 * @throws {Failure} `not-found` where one is missing that is named in full.
 */
function granted(cx, patterns) {
  if (patterns.length === 0) return [];
  const available = cx.tools.available();
  const names = new Set(available.map(({ name }) => name));
  const missing = patterns.find((pattern) => !/[*?]/.test(pattern) && !names.has(pattern));
  if (missing !== undefined) throw Failure.notFound(`there is no tool \`${missing}\`, or the agent's manifest does not grant it`);
  const wanted = patterns.map(expression);
  return available
    .filter(({ name }) => wanted.some((pattern) => pattern.test(name)))
    .map(({ name, description, parameters }) => ({ name, description, parameters: parameters ?? {} }));
}

/**
 * @param {string} pattern `*` stands for any characters, `?` for one.
 * @returns {RegExp}
 */
function expression(pattern) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`);
}

/**
 * @param {Map<string, string>} agents
 * @returns {ModelTool}
 */
function transfer(agents) {
  const when = [...agents].map(([name, what]) => (what ? `\n- ${name}: ${what}` : `\n- ${name}`)).join("");
  return {
    name: TRANSFER,
    description: `Hands the conversation over to another agent, which answers in place of this one. The agents:${when}`,
    parameters: params({ agent: { type: "string", enum: [...agents.keys()] } }),
  };
}

/**
 * Whether the run is being cancelled or too late; what a tool had too little time for is not that.
 *
 * @param {Context} cx
 * @param {Failure} failure
 * @returns {boolean}
 */
function endsRun(cx, { kind }) {
  return kind === "cancelled" || (kind === "deadline-exceeded" && cx.remainingMs() === 0);
}

/**
 * @param {DraftCall} call
 * @param {FunctionResponsePart | JsonInput | void} said
 * @returns {FunctionResponsePart}
 */
function response({ id, name }, said) {
  const isWhole = typeof said === "object" && said !== null && "type" in said && said.type === "function-response";
  return isWhole ? /** @type {FunctionResponsePart} */ (said) : functionResponse(id, name, copy(said, "the response"));
}
