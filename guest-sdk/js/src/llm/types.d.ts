// The types of `rak/llm` that are no class. `npm run types` copies this file to `types/llm/`.

import type { Content } from "../content.js";
import type { Context } from "../context.js";
import type { ModelResponse } from "../models.js";
import type { Outcome } from "../outcome.js";
import type { Descriptor, FunctionCallPart, FunctionResponsePart, JsonInput, ModelRequest, ModelTool, Relay } from "../types.js";
import type { FunctionTool } from "./function.js";

/** What a parameter is, in a word: with `?` it may be left out. */
export type ParameterType = "string" | "number" | "integer" | "boolean" | "string?" | "number?" | "integer?" | "boolean?";

/** A parameter: its type in a word, or its JSON Schema. One that has a `default` may be left out, and is that then. */
export type Parameter = ParameterType | { readonly [keyword: string]: JsonInput };

/** What a word stands for. */
interface Types {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
}

/** What the value of a parameter is. */
export type ParameterValue<P> = P extends `${infer T extends keyof Types}?`
  ? Types[T] | undefined
  : P extends keyof Types
    ? Types[P]
    : P extends { readonly type: infer T extends keyof Types }
      ? Types[T]
      : any;

/** The JSON Schema of arguments, and as a type what they are. */
export interface Parameters<A> {
  readonly type: "object";
  readonly properties: { readonly [name: string]: { readonly [keyword: string]: JsonInput } };
  readonly required: readonly string[];
  readonly additionalProperties: false;
  /** Nothing that is there: it says to the compiler what the arguments are. */
  readonly arguments?: A;
}

/** What a model is told of a function. */
export interface FunctionDescription<A> {
  /** The name to call it by. */
  name: string;
  /** What it does, and when to use it. */
  description?: string | undefined;
  /** What it takes: `params({…})`, or a JSON Schema. Nothing where it is left out. */
  parameters?: Parameters<A> | { readonly [keyword: string]: JsonInput } | undefined;
}

/** How a model is asked. */
export interface ModelSettings {
  /** The longest answer, in tokens. */
  maxOutputTokens?: number | undefined;
  /** How freely it chooses its words. */
  temperature?: number | undefined;
  /** Texts that end the answer. */
  stop?: readonly string[] | undefined;
  /** Members of the provider's own request that have no field here. */
  extra?: { [member: string]: JsonInput } | undefined;
}

/**
 * How much of the session's history a model is told: the newest entries, from one of the user's on. A call of a function and its
 * response are told together, or not at all; those of functions that are gone are not.
 */
export interface HistoryLimits {
  /** The most entries, 200 where it is left out; with 0 each run stands for itself. */
  entries?: number | undefined;
  /** The most characters and bytes of them together, 200 000 where it is left out. */
  size?: number | undefined;
}

/** What a model is asked, as a function may change it before. */
export interface DraftRequest extends ModelRequest {
  contents: Content[];
  tools: ModelTool[];
}

/** A call of a tool, as a function may change it before. */
export interface DraftCall extends FunctionCallPart {
  args: any;
}

/** An agent that a model speaks for. */
export interface LlmAgentDefinition extends Descriptor {
  /**
   * What the model is told that it is and does. In a string, `{key}` is a value of the state (`{user:name}`, `{app:motto}`), `{key?}` one
   * that may be missing, and `{{` and `}}` are braces. A function makes it at the beginning of a run, and nothing is replaced in it.
   */
  instruction?: string | ((cx: Context) => string) | undefined;
  /** An alias; the agent's default where it is left out. */
  model?: string | undefined;
  /** Its temperature and the like. */
  settings?: ModelSettings | undefined;
  /** Functions that the model may call. */
  tools?: readonly FunctionTool[] | undefined;
  /** Tools of the host by name or pattern: `calculator`, `mcp.files.*`, `agent.*`. */
  hostTools?: readonly string[] | undefined;
  /** The agents that the model may hand the conversation to, and when, where that is said. */
  handOver?: readonly string[] | { readonly [agent: string]: string } | undefined;
  /** JSON Schema of the answer. */
  outputSchema?: JsonInput | undefined;
  /** Where in the state the answer is kept: its text, or what it is by `outputSchema`. */
  outputKey?: string | undefined;
  /** How much of the conversation the model is told. */
  history?: HistoryLimits | undefined;
  /** How often the model is asked in a run, 10 times where it is left out. More is a failure with the code `max_steps`. */
  maxSteps?: number | undefined;
  /** What the client sees while the model writes; its text where it is left out. */
  relay?: Relay | undefined;
  /** Is told each request before the model is asked, and may change it. What it returns is the answer in place of the model's. */
  beforeModel?: ((cx: Context, request: DraftRequest) => ModelResponse | Content | string | undefined | void) | undefined;
  /** Is told each answer of the model. What it returns stands in its place. */
  afterModel?: ((cx: Context, response: ModelResponse) => ModelResponse | Content | string | undefined | void) | undefined;
  /** Is told each call before it is made, and may change its `args`. What it returns is the response in place of the tool's. */
  beforeTool?: ((cx: Context, call: DraftCall) => FunctionResponsePart | JsonInput | undefined | void) | undefined;
  /** Is told each response before the model is. What it returns stands in its place. */
  afterTool?:
    | ((cx: Context, call: DraftCall, response: FunctionResponsePart) => FunctionResponsePart | JsonInput | undefined | void)
    | undefined;
}

/** What a tool does: it takes the arguments and the context, and returns JSON, or an outcome with which the run ends. */
export type ToolFunction<A> = (args: A, cx: Context) => JsonInput | Outcome | undefined | void;

