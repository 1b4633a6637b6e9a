// Every type of the SDK that is no class. `npm run types` copies this file to `types/`, beside what it makes of the modules.

import type { Content } from "./content.js";
import type { Context } from "./context.js";
import type { Outcome } from "./outcome.js";

/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Something that can be written as JSON: besides {@link Json} also what has typed fields, or `toJSON`. */
export type JsonInput = null | boolean | number | string | object;

// What is said.

/**
 * Who speaks: `user`, the person or the program that speaks for them; `model`, the agent; `function`, the answer of a
 * tool; `system`, instructions that neither the user nor the agent wrote.
 */
export type Role = "user" | "model" | "function" | "system" | (string & {});

/** Text to show. */
export interface TextPart {
  type: "text";
  text: string;
}

/** The model's reasoning: shown apart, never an answer. */
export interface ThoughtPart {
  type: "thought";
  text: string;
}

/** Bytes that travel with the message. */
export interface InlineDataPart {
  type: "inline-data";
  /** For example `image/png`. */
  mimeType: string;
  data: Uint8Array;
}

/** Bytes that are somewhere else. */
export interface FileDataPart {
  type: "file-data";
  uri: string;
  /** For example `image/png`, where it is known. */
  mimeType?: string | undefined;
}

/** A tool that the model wants called. */
export interface FunctionCallPart {
  type: "function-call";
  /** Pairs the call with its response. */
  id: string;
  /** The tool. */
  name: string;
  /** Its arguments, in the tool's own shape. */
  args: JsonInput;
}

/** What a tool answered. */
export interface FunctionResponsePart {
  type: "function-response";
  /** The id of the call. */
  id: string;
  /** The tool. */
  name: string;
  /** The answer, in the tool's own shape. */
  response: JsonInput;
  /** Whether the answer is an error. */
  failed: boolean;
}

/** A named JSON value: anything the agent and its client agree on. It is a part of a content, and an event by itself. */
export interface Custom {
  type: "custom";
  /** What the value means. */
  name: string;
  value: JsonInput;
}

/** One piece of a {@link Content}; `type` says which. */
export type Part =
  | TextPart
  | ThoughtPart
  | InlineDataPart
  | FileDataPart
  | FunctionCallPart
  | FunctionResponsePart
  | Custom;

// What the client sees.

/** Text still being written: sent, not stored. */
export interface TextDelta {
  type: "text-delta";
  text: string;
}

/** A thought still being thought: sent, not stored. */
export interface ThoughtDelta {
  type: "thought-delta";
  text: string;
}

/** How far the work is: sent, and the newest one kept with the invocation's status. */
export interface Progress {
  type: "progress";
  /** What is being done, for a person. */
  message: string;
  /** How much of it is done, in the agent's own unit: a whole number. */
  done?: number | undefined;
  /** How much there is, in the same unit: a whole number. */
  total?: number | undefined;
}

/** A finished piece of the conversation: stored, then sent. */
export interface ContentEvent {
  type: "content";
  content: Content;
}

/**
 * One thing the client sees; `type` says which. `content` and `custom` are stored, and with them the state changed so
 * far.
 */
export type Event = TextDelta | ThoughtDelta | Progress | ContentEvent | Custom;

/** What can be emitted: an event; a content, which is finished; or a string, which is text still being written. */
export type Emittable = Event | Content | string;

// How runs end.

/**
 * What sort of failure it is: what a program looks at.
 *
 * - `cancelled`: the invocation is being cancelled.
 * - `deadline-exceeded`: there was not enough time.
 * - `denied`: the agent's manifest does not grant this.
 * - `not-found`: it is not there.
 * - `invalid-argument`: the input is wrong.
 * - `conflict`: it was changed by another.
 * - `limit-exceeded`: a quota of the invocation, the agent or the user is used up.
 * - `rate-limited`: too much in too short a time.
 * - `unavailable`: it is down now and may be back later.
 * - `unsupported`: the agent or the host cannot do this.
 * - `failed`: anything else.
 */
export type FailureKind =
  | "cancelled"
  | "deadline-exceeded"
  | "denied"
  | "not-found"
  | "invalid-argument"
  | "conflict"
  | "limit-exceeded"
  | "rate-limited"
  | "unavailable"
  | "unsupported"
  | "failed";

/** What a failure can say beside its kind and message. */
export interface FailureOptions {
  /** A finer, stable word of the agent's own, for example `quota_exceeded`. */
  code?: string | undefined;
  /** After how many milliseconds trying again makes sense. */
  retryAfterMs?: number | undefined;
  /** More for a program, in the agent's own shape. */
  details?: JsonInput | undefined;
  /** What led to it. It stays in the agent: the client does not see it. */
  cause?: unknown;
}

/** What an {@link Outcome} is made of. */
export interface OutcomeOptions {
  /** The answer, where it was not emitted already. A string is what the agent says. */
  content?: Content | string | undefined;
  /** Tells a workflow above to stop. */
  escalate?: boolean | undefined;
  /** Hands the conversation to the agent of this name. */
  transferTo?: string | undefined;
  /** Anything else the client and the agent agree on. */
  extra?: JsonInput | undefined;
}

/** What an agent may return: an answer, an outcome with more than an answer, or nothing where everything was emitted. */
export type Answer = string | Content | Outcome | undefined | void;

// Agents.

/** One thing an agent can be asked for. */
export interface Skill {
  /** A stable word for it, unique in the agent. */
  id: string;
  /** Its name, for a person. */
  name: string;
  /** What it does. */
  description?: string | undefined;
  /** Words to find it by. */
  tags?: readonly string[] | undefined;
  /** Inputs to try. */
  examples?: readonly string[] | undefined;
}

/** What an agent says about itself: its card. */
export interface Descriptor {
  /** What clients call it; that of `package.json`, without its scope, where it is left out. */
  name?: string | undefined;
  /** What it does, in a sentence or two; that of `package.json` where it is left out. */
  description?: string | undefined;
  /** The version of the agent; that of `package.json` where it is left out. */
  version?: string | undefined;
  /** What it can be asked for. */
  skills?: readonly Skill[] | undefined;
  /** JSON Schema of a structured input, where the agent wants one. */
  inputSchema?: JsonInput | undefined;
  /** Anything else a client may want to know. */
  extra?: JsonInput | undefined;
}

/**
 * A run that streams: what is yielded is emitted at once, a list of it in one call; `yield` answers as `cx.events.emit`
 * does (`const seq: number = yield …`), and throws where that throws; what is returned is the answer.
 */
export type StreamingRun = Generator<Emittable | readonly Emittable[], Answer, number>;

/** The same with `await`. It needs the engine `starlingmonkey`. */
export type AsyncStreamingRun = AsyncGenerator<Emittable | readonly Emittable[], Answer, number>;

/** What the function of an agent may return. The last two need the engine `starlingmonkey`. */
export type RunResult = Answer | StreamingRun | Promise<Answer> | AsyncStreamingRun;

/** What an agent is and what it does. */
export interface AgentDefinition<R extends RunResult = RunResult> extends Descriptor {
  /** One invocation, with the context and what was said. */
  run(cx: Context, input: Content): R;
}

/** An agent. The module that is the agent's entry exports one as its default. */
export type Agent<R extends RunResult = RunResult> = Readonly<AgentDefinition<R>>;

// What people say.

/** What a person decided. */
export interface Decision<T extends JsonInput = Json> {
  /** Whether it may be done. */
  approved: boolean;
  /** Who decided, where the client said so. */
  by?: string | undefined;
  /** Why, where they said so. */
  reason?: string | undefined;
  /** What is to be done instead of what was asked: the details as the person changed them. */
  edited?: T | undefined;
}

/** How a person is asked. */
export interface QuestionOptions {
  /** After how many milliseconds nobody can answer any more, which is a failure then; never where it is left out. */
  expiresInMs?: number | undefined;
}

// Other agents.

/** An agent that may be called. */
export interface AgentSummary {
  /** The name to call it by. */
  name: string;
  /** What it does. */
  description: string;
  /** Which version it says it is. */
  version: string;
  /** JSON Schema of a structured input, where the agent wants one. */
  inputSchema?: Json | undefined;
  /** Anything else the agent says about itself. */
  extra?: Json | undefined;
}

/** How an agent is called. */
export interface AgentOptions {
  /**
   * The child's session among its agent's sessions of this user; a new one where it is left out. Children in the same session
   * run one after the other.
   */
  session?: string | undefined;
  /** How many milliseconds it may take. */
  timeoutMs?: number | undefined;
  /** Whether the client sees what the child emits, in this invocation's stream. */
  relay?: boolean | undefined;
  /** Whether the child goes on when this invocation ends. */
  detached?: boolean | undefined;
  /** What a host may want to know beside that. */
  extra?: JsonInput | undefined;
}

/** One of several calls of agents. */
export interface AgentTask {
  /** The name of the agent. */
  agent: string;
  /** What it is told. A string is what the user says. */
  input?: Content | string | undefined;
}

// Tools.

/** What is known of a tool's effects. */
export interface ToolHints {
  /** It changes nothing. */
  readOnly: boolean;
  /** What it changes may be lost. */
  destructive: boolean;
  /** A second call with the same arguments changes nothing more. */
  idempotent: boolean;
  /** It deals with a world outside this host. */
  openWorld: boolean;
  /** The host asks a person before each call. */
  needsApproval: boolean;
}

/** A tool that may be called. */
export interface Tool {
  /** The name to call it by. */
  name: string;
  /** What it does, for a model. */
  description: string;
  /** JSON Schema of the arguments. */
  parameters: Json;
  /** What is known of its effects. */
  hints: ToolHints;
  /** Anything else there is to say of it. */
  extra?: Json | undefined;
}

/** A call of a tool: what a model wants called ({@link FunctionCallPart}) is one. */
export interface ToolCall {
  /** Pairs the call with its response; the next of `call-1`, `call-2` and so on where it is left out. */
  id?: string | undefined;
  /** The name of the tool. */
  name: string;
  /** Its arguments, in its own shape; `{}` where they are left out. */
  args?: JsonInput | undefined;
}

/** What a tool answered. It is a part of a content as it is. */
export interface ToolResponse<T extends JsonInput = Json> extends FunctionResponsePart {
  response: T;
}

/** How a tool is called. */
export interface ToolOptions {
  /** How many milliseconds it may take. The time that a person takes to approve it does not count. */
  timeoutMs?: number | undefined;
  /**
   * A tool that takes keys does once what is asked for several times with the same one. Each call has a key of its own where it
   * is left out.
   */
  idempotencyKey?: string | undefined;
  /** Whether the client sees what another agent emits that is called so. */
  relay?: boolean | undefined;
  /** What a host may want to know beside that. */
  extra?: JsonInput | undefined;
}

// HTTP.

/** Headers: by name, or pairs where a name comes more than once. */
export type HeadersInput = { readonly [name: string]: string } | Iterable<readonly [name: string, value: string]>;

/** How something is asked by HTTP. */
export interface HttpOptions {
  /** `GET` where it is left out. */
  method?: string | undefined;
  /** What is sent along. The host sets `Host`, `Content-Length` and what belongs to the connection. */
  headers?: HeadersInput | undefined;
  /** What is sent. A string is sent as UTF-8. */
  body?: string | Uint8Array | ArrayBuffer | undefined;
  /** What is sent as JSON, in place of a body. */
  json?: JsonInput | undefined;
  /** The name of a credential of the host's, which adds it on the way: the agent never sees it. */
  credential?: string | undefined;
  /** How many milliseconds the answer may take until its end; the host's own limit where it is left out. */
  timeoutMs?: number | undefined;
  /** Whether the host goes where an answer leads, as it does where this is left out, or gives the answer that leads there. */
  redirect?: "follow" | "manual" | undefined;
  /** What a host may want to know beside that. */
  extra?: JsonInput | undefined;
}

// Artifacts.

/** A version of an artifact, without what is in it. */
export interface ArtifactInfo {
  /** With `user:` where it is a file of the user. */
  name: string;
  /** Counts from 1 for each name. */
  version: number;
  /** For example `text/plain`. */
  mimeType: string;
  /** In bytes. */
  size: number;
  /** When it was saved. */
  createdAt: Date;
  /** Anything else the host says. */
  extra?: Json | undefined;
}

// Models.

/** A model that may be asked. */
export interface ModelSummary {
  /** The alias to ask it by. */
  name: string;
  /** What it is good for, as the operator says. */
  description: string;
  /** Anything else there is to say of it. */
  extra?: Json | undefined;
}

/** A function that a model may call. A {@link Tool} is one. */
export interface ModelTool {
  name: string;
  /** What it does, and when to use it. */
  description?: string | undefined;
  /** JSON Schema of the arguments. */
  parameters: JsonInput;
}

/** Which function a model is to call: as it sees fit, none, at least one, or this one. */
export type ToolChoice = "auto" | "none" | "required" | { name: string };

/**
 * What the host sends on to the client while a model writes: nothing, its text, or its thoughts too. They are deltas, so the
 * agent still gives the answer as a whole.
 */
export type Relay = "off" | "text" | "all";

/** How a model is asked. */
export interface ModelOptions {
  /** An alias; the agent's default where it is left out. */
  model?: string | undefined;
  /** The instruction. */
  system?: string | undefined;
  /** The functions that it may call. The agent calls them, and tells the model what came of it. */
  tools?: readonly ModelTool[] | undefined;
  /** Which of them it is to call; `auto` where it is left out. */
  toolChoice?: ToolChoice | undefined;
  /** The longest answer, in tokens. */
  maxOutputTokens?: number | undefined;
  /** How freely it chooses its words. */
  temperature?: number | undefined;
  /** Texts that end the answer. */
  stop?: readonly string[] | undefined;
  /** JSON Schema that the answer has to satisfy; it is JSON then. */
  responseSchema?: JsonInput | undefined;
  /** What the client sees while the model writes; `off` where it is left out. */
  relay?: Relay | undefined;
  /** Members of the provider's own request that have no field here. */
  extra?: { [member: string]: JsonInput } | undefined;
}

/** What a model is asked. */
export interface ModelRequest extends ModelOptions {
  /** The conversation, oldest first. */
  contents: readonly Content[];
}

/** What a model may be asked: a string or a content, which are what the user says, a conversation, or a whole request. */
export type Asked = string | Content | readonly Content[] | ModelRequest;

/**
 * Why an answer ends: `stop`, it is complete; `length`, the model had no more tokens; `function-calls`, functions are to be called;
 * `filtered`, the provider held it back; or a word of the provider.
 */
export type FinishReason = "stop" | "length" | "function-calls" | "filtered" | (string & {});

/** What it took, in tokens. */
export interface Usage {
  /** Read, the cached ones among them. */
  inputTokens: number;
  /** Written, thoughts among them. */
  outputTokens: number;
  /** Of the input, what the provider had cached. */
  cachedTokens: number;
  /** Of the output, what was thoughts. */
  thoughtTokens: number;
  /** Anything else that was counted. */
  extra?: Json | undefined;
}

/** What a provider sends while a model writes that is none of the other deltas. */
export interface OtherDelta {
  type: "other";
  /** In the provider's own shape. */
  value: Json;
}

/**
 * What a model wrote since the last time. A call of a function is a whole one. Texts and thoughts are events, too, and can be
 * yielded as they are.
 */
export type Delta = TextDelta | ThoughtDelta | FunctionCallPart | OtherDelta;

/** Texts as vectors. */
export interface Embeddings {
  /** The provider's name of the model. */
  model: string;
  /** One for each text, in their order. */
  vectors: number[][];
  /** What it took. */
  usage: Usage;
  /** Anything else the provider says. */
  extra?: Json | undefined;
}

// What the host says.

/** Who is asking, and which invocation this is. */
export interface Info {
  /** This invocation. */
  invocationId: string;
  /** The conversation. */
  sessionId: string;
  /** Whose conversation it is. */
  userId: string;
  /** The name the agent runs under. */
  agent: string;
  /** Which version runs: a digest over the component and its manifest. */
  agentVersion: string;
  /** 1 for the first run; higher after the host resumed the invocation. */
  attempt: number;
  /** The invocation that called this one. */
  parentId?: string | undefined;
  /** The W3C trace context this invocation belongs to. */
  traceparent?: string | undefined;
  /** Anything else the host says. */
  extra?: Json | undefined;
}

/** Something that was said. */
export interface Entry {
  /** Its place in the session. */
  seq: number;
  /** `user`, or the name of the agent that said it. */
  author: string;
  /** What was said. */
  content: Content;
  /** When it was said. */
  at: Date;
}

/** A stretch of the history. */
export interface Page {
  /** Oldest first. */
  entries: Entry[];
  /** The `before` of the page before this one; `undefined` where this is the oldest. */
  next: number | undefined;
}

/**
 * How much a line of the log matters: `trace`, every step; `debug`, for whoever looks for a mistake; `info`, something
 * worth knowing; `warning`, something that is not as it should be; `severe`, something that somebody has to look at.
 */
export type Level = "trace" | "debug" | "info" | "warning" | "severe";

/** What stands beside the message of a line in the log, by name. */
export interface Fields {
  [name: string]: string | number | boolean | bigint;
}
