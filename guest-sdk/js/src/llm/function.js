/**
 * A function of the author's as a tool.
 */

import { copy } from "../json.js";
import { Outcome } from "../outcome.js";
import { isThenable } from "../run.js";

/** @import { Context } from "../context.js" */
/** @import { Json, JsonInput, ModelTool } from "../types.js" */
/** @import { FunctionDescription, Parameter, ParameterValue, Parameters, ToolFunction } from "./types.js" */

/**
 * Whether a value is of a type of JSON Schema, by the type's name.
 * @type {{ [type: string]: (value: unknown) => boolean }}
 */
const CHECKS = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: isObject,
};

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
export function params(parameters) {
  const named = Object.entries(parameters);
  return {
    type: "object",
    properties: Object.fromEntries(named.map(([name, parameter]) => [name, schemaOf(parameter)])),
    required: named.filter(([, parameter]) => isRequired(parameter)).map(([name]) => name),
    additionalProperties: false,
  };
}

/**
 * @param {Parameter} parameter
 * @returns {{ readonly [keyword: string]: JsonInput }}
 */
function schemaOf(parameter) {
  if (typeof parameter !== "string") return parameter;
  const type = parameter.replace(/\?$/, "");
  if (type in CHECKS) return { type };
  throw new TypeError(`\`${parameter}\` is no type of a parameter (there are: ${Object.keys(CHECKS).join(", ")})`);
}

/**
 * @param {Parameter} parameter
 * @returns {boolean}
 */
function isRequired(parameter) {
  return typeof parameter === "string" ? !parameter.endsWith("?") : !("default" in parameter);
}

/** A function that a model may call: `tool` makes one. */
export class FunctionTool {
  /** @type {ToolFunction<any>} */
  #run;
  /** @type {{ properties?: { [name: string]: any }, required?: readonly string[], additionalProperties?: unknown }} */
  #schema;

  /**
   * @param {FunctionDescription<any>} description
   * @param {ToolFunction<any>} run
   */
  constructor({ name, description = "", parameters = params({}) }, run) {
    if (typeof name !== "string" || name === "") throw new TypeError("a tool needs a `name`");
    if (typeof run !== "function") throw new TypeError(`the tool \`${name}\` needs a function`);
    this.#run = run;
    this.#schema = /** @type {any} */ (copy(parameters, `the parameters of \`${name}\``));
    /** @readonly @type {ModelTool} What a model is told of it. */
    this.described = Object.freeze({ name, description, parameters });
  }

  /**
   * Calls the function.
   *
   * @param {Context} cx
   * @param {Json} args
   * @returns {Json | Outcome} What it returns, and `null` for nothing.
   * @throws {TypeError} Where the arguments are not those of the function.
   */
  call(cx, args) {
    const result = this.#run(this.#read(args), cx);
    if (isThenable(result)) throw new TypeError("a tool is not asynchronous: calls to the host wait by themselves");
    if (result instanceof Outcome) return result;
    return result === undefined ? null : copy(result, "the response");
  }

  /**
   * The arguments, with what they have where they are left out. The schema's own words are looked at, not all of its depth.
   *
   * @param {Json} args
   * @returns {{ [name: string]: Json }}
   */
  #read(args) {
    if (!isObject(args)) throw new TypeError("the arguments are not an object");
    const { properties = {}, required = [], additionalProperties } = this.#schema;
    const missing = required.find((name) => !Object.hasOwn(args, name));
    if (missing !== undefined) throw new TypeError(`the argument \`${missing}\` is missing`);
    for (const [name, value] of Object.entries(args)) {
      if (Object.hasOwn(properties, name)) check(name, value, properties[name]);
      else if (additionalProperties === false) {
        throw new TypeError(`there is no argument \`${name}\`, only ${Object.keys(properties).join(", ") || "none"}`);
      }
    }
    const left = Object.entries(properties).filter(([, schema]) => isObject(schema) && "default" in schema);
    return { ...Object.fromEntries(left.map(([name, schema]) => [name, schema.default])), ...args };
  }
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
export function tool(description, run) {
  return new FunctionTool(description, run);
}

/**
 * @param {string} name
 * @param {Json} value
 * @param {any} schema
 * @throws {TypeError} Where the value is not of the schema's type, or none of its values.
 */
function check(name, value, schema) {
  const type = schema?.type;
  const isOfType = typeof type === "string" ? CHECKS[type] : undefined;
  if (isOfType && !isOfType(value)) throw new TypeError(`the argument \`${name}\` is not of the type ${type}`);
  if (Array.isArray(schema?.enum) && !schema.enum.includes(value)) {
    throw new TypeError(`the argument \`${name}\` is none of ${schema.enum.map((/** @type {unknown} */ one) => JSON.stringify(one)).join(", ")}`);
  }
}

/**
 * @param {unknown} value
 * @returns {value is { [name: string]: Json }}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
