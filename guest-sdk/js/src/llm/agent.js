/**
 * An agent that a model speaks for.
 */

import { agent } from "../agent.js";
import { Content } from "../content.js";
import { Failure } from "../failure.js";
import { ModelResponse } from "../models.js";
import { Outcome } from "../outcome.js";
import { FunctionTool } from "./function.js";
import { readHistory } from "./history.js";
import { instructionOf } from "./instruction.js";
import { Toolbox } from "./toolbox.js";

/** @import { Context } from "../context.js" */
/** @import { Agent, Descriptor } from "../types.js" */
/** @import { DraftRequest, LlmAgentDefinition } from "./types.js" */
/** @import { Kit } from "./toolbox.js" */

/** @type {readonly string[]} */
const DESCRIPTOR = ["name", "description", "version", "skills", "inputSchema", "extra"];
/** @type {readonly string[]} */
const OWN = [
  "instruction",
  "model",
  "settings",
  "tools",
  "hostTools",
  "handOver",
  "outputSchema",
  "outputKey",
  "history",
  "maxSteps",
  "relay",
  "beforeModel",
  "afterModel",
  "beforeTool",
  "afterTool",
];
/** @type {readonly string[]} */
const SETTINGS = ["maxOutputTokens", "temperature", "stop", "extra"];

/**
 * Makes an agent that a model speaks for: it is told an instruction and what was said, calls tools, and answers.
 *
 * ```js
 * export default llmAgent({ instruction: "You help {user:name?}.", tools: [add, remember] });
 * ```
 *
 * What the model calls is part of the conversation: the calls and what came of them are emitted as contents, so that they are
 * in the history of the next run. What it writes is shown while it writes, and its last answer is the outcome. A tool that
 * fails is a response that says so, for the model to read.
 *
 * @param {LlmAgentDefinition} definition
 * @returns {Agent<Outcome>}
 * @throws {TypeError} For what cannot be.
 */
export function llmAgent(definition) {
  only(definition, [...DESCRIPTOR, ...OWN], "an agent with a model");
  const llm = new Llm(definition);
  const descriptor = Object.entries(definition).filter(([key]) => DESCRIPTOR.includes(key));
  return agent({ .../** @type {Descriptor} */ (Object.fromEntries(descriptor)), run: (cx, input) => llm.converse(cx, input) });
}

/** What runs of one agent have in common, which is nothing that they change. */
class Llm {
  /** @type {LlmAgentDefinition} */
  #definition;
  /** @type {(cx: Context) => string} */
  #instruction;
  /** @type {Kit} */
  #kit;

  /** @param {LlmAgentDefinition} definition */
  constructor(definition) {
    const { instruction = "", settings = {}, tools = [], hostTools = [], handOver = [], beforeTool, afterTool } = definition;
    only(settings, SETTINGS, "the `settings` of a model");
    if (!tools.every((tool) => tool instanceof FunctionTool)) throw new TypeError("`tools` is a list of what `tool(…)` makes");
    if (!Array.isArray(hostTools)) throw new TypeError("`hostTools` is a list of names and patterns");
    if (typeof handOver !== "object") throw new TypeError("`handOver` is a list of names, or says of each when");
    const agents = Array.isArray(handOver) ? Object.fromEntries(handOver.map((name) => [name, ""])) : handOver;
    this.#definition = definition;
    this.#instruction = instructionOf(instruction);
    this.#kit = { functions: tools, hostTools: [...hostTools], handOver: new Map(Object.entries(agents)), before: beforeTool, after: afterTool };
  }

  /**
   * One run.
   *
   * @param {Context} cx
   * @param {Content} input
   * @returns {Outcome}
   * @throws {Failure}
   */
  converse(cx, input) {
    const { history = {}, maxSteps = 10 } = this.#definition;
    const toolbox = new Toolbox(cx, this.#kit);
    const [system, { tools }] = [this.#instruction(cx), toolbox];
    const contents = [...readHistory(cx, history, new Set(tools.map(({ name }) => name))), input];
    for (let step = 0; step < maxSteps; step += 1) {
      const response = this.#ask(cx, this.#request(system, contents, tools));
      if (response.functionCalls.length === 0) return this.#end(cx, response);
      cx.events.content(response.content);
      const answers = new Content("function", toolbox.answer(response.functionCalls));
      cx.events.content(answers);
      if (toolbox.outcome) return toolbox.outcome;
      contents.push(response.content, answers);
    }
    throw Failure.limitExceeded(`the model did not come to an end within ${maxSteps} steps`, { code: "max_steps" });
  }

  /**
   * @param {string} system
   * @param {Content[]} contents
   * @param {DraftRequest["tools"]} tools
   * @returns {DraftRequest}
   */
  #request(system, contents, tools) {
    const { model, settings, outputSchema: responseSchema, relay = "text" } = this.#definition;
    const asked = { contents: [...contents], tools: [...tools], system: system || undefined };
    return { ...settings, ...asked, model, responseSchema, relay };
  }

  /**
   * @param {Context} cx
   * @param {DraftRequest} request
   * @returns {ModelResponse}
   */
  #ask(cx, request) {
    const { beforeModel, afterModel } = this.#definition;
    const response = responseOf(beforeModel?.(cx, request)) ?? cx.models.complete(request);
    return responseOf(afterModel?.(cx, response)) ?? response;
  }

  /**
   * @param {Context} cx
   * @param {ModelResponse} response
   * @returns {Outcome}
   */
  #end(cx, response) {
    const { outputSchema, outputKey } = this.#definition;
    if (response.finish === "filtered") {
      throw Failure.failed("the provider of the model held the answer back", { code: "filtered" });
    }
    if (response.finish === "length") cx.log.warning("the model had no more tokens for its answer");
    const answer = outputSchema === undefined ? response.text : response.json();
    if (outputKey !== undefined) cx.session.set(outputKey, answer);
    return new Outcome({ content: response.content.parts.length > 0 ? response.content : undefined });
  }
}

/**
 * What a function answered in place of a model.
 *
 * @param {ModelResponse | Content | string | void} said
 * @returns {ModelResponse | undefined}
 */
function responseOf(said) {
  if (said === undefined) return undefined;
  return said instanceof ModelResponse ? said : new ModelResponse({ model: "", content: said });
}

/**
 * @param {object} object
 * @param {readonly string[]} keys
 * @param {string} what
 * @throws {TypeError} Where a key is there that is none of these.
 */
function only(object, keys, what) {
  const unknown = Object.keys(object).filter((key) => !keys.includes(key));
  if (unknown.length > 0) throw new TypeError(`${what} has no \`${unknown.join("`, `")}\` (there are: ${keys.join(", ")})`);
}
