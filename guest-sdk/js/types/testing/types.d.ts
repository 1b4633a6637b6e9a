// The types of `rak/testing` that are no class. `npm run types` copies this file to `types/testing/`.

import type { Content } from "../content.js";
import type { Failure } from "../failure.js";
import type { HttpRequest } from "../http.js";
import type { ModelResponse } from "../models.js";
import type { Agent, AgentDefinition, Answer, Decision, Info, Json, JsonInput, Level, ModelOptions, Part, Relay } from "../types.js";
import type { HeadersInput, InlineDataPart, RunResult, ToolChoice, ToolHints } from "../types.js";
import type { FakeResponse } from "./http.js";
import type { TestRun } from "./result.js";
import type { Failed } from "./tools.js";

/** Something that was said before. */
export interface Said {
  /** `user`, or the name of an agent. */
  author: string;
  /** A string is what the user says, or the agent where the author is not `user`. */
  content: Content | string;
  /** Its place in the session; the next one where it is left out. */
  seq?: number | undefined;
  /** When it was said; as many seconds after 1970 as `seq` says where it is left out. */
  at?: Date | undefined;
}

/**
 * What somebody answers: a decision where the agent wants something approved, an answer where it asks a question; `null`
 * where nobody answers.
 */
export type Reply = Decision<JsonInput> | { answer: JsonInput } | null;

/** Another agent of a test. */
export interface FakeAgent {
  /**
   * What it does: takes the input, and returns what an agent may return. A failure that it returns or throws is how it fails.
   * A `TestRun` is what another agent does in earnest, and as long as it takes: `(input) => new FakeHost().run(agent, input)`.
   */
  run(input: Content): Answer | Failure | TestRun;
  /** What it says that it does. */
  description?: string | undefined;
  /** Which version it says it is; `1.0.0` where it is left out. */
  version?: string | undefined;
  /** JSON Schema of a structured input. */
  inputSchema?: JsonInput | undefined;
  /** What else it says about itself. */
  extra?: JsonInput | undefined;
  /** How many milliseconds of the fake clock it works; it is over at once where it is left out. */
  takesMs?: number | undefined;
}

/** A tool of a test. */
export interface FakeTool {
  /**
   * What it does: takes the arguments, and returns what it answers, or a {@link Failed}. A failure that it returns or throws is
   * how the call fails.
   */
  run(args: any): JsonInput | Failed | Failure;
  /** What it says that it does. */
  description?: string | undefined;
  /** JSON Schema of the arguments, which are not held against it; any object where it is left out. */
  parameters?: JsonInput | undefined;
  /**
   * What is known of its effects. Where it needs approval, the next of the host's `people` decides on each call: `null` among
   * them is nobody, and then the call fails after a day.
   */
  hints?: Partial<ToolHints> | undefined;
  /** What else there is to say of it. */
  extra?: JsonInput | undefined;
  /** How many milliseconds of the fake clock it works; it is done at once where it is left out. */
  takesMs?: number | undefined;
}

/** What a model of a test was asked. */
export interface AskedModel extends ModelOptions {
  contents: Content[];
  tools: { name: string; description: string; parameters: Json }[];
  toolChoice: ToolChoice;
  stop: string[];
  relay: Relay;
  responseSchema?: Json | undefined;
}

/**
 * What a model of a test answers: a string; a part, such as a `functionCall(…)`; a list of these, which is cut off where it ends
 * with a {@link Failure}; a content; a whole response; a failure; or an object that is no part, which is an answer in JSON.
 */
export type ModelAnswer = string | Part | readonly (string | Part | Failure)[] | Content | ModelResponse | Failure | object;

/** A model of a test. */
export interface FakeModel {
  /**
   * What it answers: a function of what it is asked, which may throw a failure, too; the answers in order, one for each time it is
   * asked; or a string that is the answer to everything.
   */
  run?: ((request: AskedModel) => ModelAnswer) | readonly ModelAnswer[] | string | undefined;
  /** What it is good for. */
  description?: string | undefined;
  /** What else there is to say of it. */
  extra?: JsonInput | undefined;
  /**
   * How many milliseconds of the fake clock it writes: its deltas come at equal intervals, the last one at the end. It is done at
   * once where it is left out.
   */
  takesMs?: number | undefined;
  /** The pieces in which a text or a thought is written: words, where it is left out. */
  split?: ((text: string) => Iterable<string>) | undefined;
  /** The vector of a text. Embedding fails where it is left out. */
  embed?: ((text: string) => readonly number[]) | undefined;
}

/** What there is to say of an answer of a test beside its body. */
export interface FakeResponseOptions {
  /** 200 where it is left out. */
  status?: number | undefined;
  /** What is sent along. */
  headers?: HeadersInput | undefined;
  /** The body as it comes, in place of the body as a whole. Where the last is a {@link Failure} the answer is cut off. */
  pieces?: readonly (string | Uint8Array | Failure)[] | undefined;
  /**
   * How many milliseconds of the fake clock it takes: the pieces come at equal intervals, the last one at the end, and the head with
   * the first. It is there at once where it is left out.
   */
  takesMs?: number | undefined;
  /** Where it came from, if that is not where it was asked for: after redirects, which the fake host does not follow. */
  url?: string | undefined;
}

/** What is answered by HTTP: a string, bytes, an object of which it is the JSON, nothing, or more of it; or a failure. */
export type HttpAnswer = string | Uint8Array | FakeResponse | Failure | JsonInput | undefined | void;

/** What is in a file of a test: a string, bytes, or a part that has another type. */
export type FakeFile = string | Uint8Array | InlineDataPart;

/** What an agent finds when it runs. */
export interface FakeHostOptions {
  /** What `cx.info` says, where it is not the usual: `userId`, `sessionId` and the like. */
  info?: Partial<Info> | undefined;
  /** The values of the agent's manifest. */
  config?: { [key: string]: JsonInput } | undefined;
  /** The state, under whole keys (`count`, `user:count`, `app:count`). `null` is no value. */
  state?: { [key: string]: JsonInput } | undefined;
  /** What was said before, oldest first. */
  history?: readonly Said[] | undefined;
  /**
   * What people answer when they are asked, in order, and at once; nobody answers after that. A question that nobody
   * answers lasts until it expires or the run is to end; one that would last forever fails the test. An answer is not held
   * against the question's schema.
   */
  people?: readonly Reply[] | undefined;
  /** What the user says while the agent works, in order. A string is a text. */
  messages?: readonly (Content | string)[] | undefined;
  /** The agents that may be called, by name: what each does with its input, which is over at once, or more of it. */
  agents?: { [name: string]: FakeAgent | FakeAgent["run"] } | undefined;
  /** The tools that may be called, by name: what each does with its arguments, at once, or more of it. */
  tools?: { [name: string]: FakeTool | FakeTool["run"] } | undefined;
  /** The models that may be asked, by alias, the default first: what each answers, or more of it. */
  models?: { [alias: string]: FakeModel | NonNullable<FakeModel["run"]> } | undefined;
  /**
   * What is asked by HTTP, and answered: `https://example.com/a` is asked with any method, `POST https://example.com/a` with this one, and
   * `*` stands for anything; the first that fits is taken. A function is given what is asked, and returns the answer. Everything else
   * is denied.
   */
  http?: { [place: string]: HttpAnswer | ((request: HttpRequest) => HttpAnswer) } | undefined;
  /** The artifacts that are there, by name: what is in each, or in each of its versions by number. */
  artifacts?: { [name: string]: FakeFile | { readonly [version: number]: FakeFile } } | undefined;
  /** Cancels the run after so many milliseconds of the fake clock. */
  cancelAfterMs?: number | undefined;
  /**
   * Cancels the run after so many calls to the host; with 0 it is cancelled from the beginning. Every call counts,
   * `isCancelled` and log lines too.
   */
  cancelAfterCalls?: number | undefined;
  /**
   * Gives the run so many milliseconds of the fake clock. Nothing waits longer, and every call that can fail does so
   * after it.
   */
  deadlineMs?: number | undefined;
}

/** What can be run: an agent, or its function alone. */
export type Runnable<R extends RunResult> = Agent<R> | AgentDefinition<R>["run"];

/** What a run is under test: a promise where the agent is asynchronous. */
export type Ended<R extends RunResult> =
  R extends Promise<any> | AsyncGenerator<any, any, any> ? Promise<TestRun> : TestRun;

/** What people were asked: to approve something, or a question; `type` says which. */
export type Asked =
  | {
      type: "approve";
      /** What was to be done. */
      action: string;
      details: Json;
      /** After how many milliseconds nobody could answer any more. */
      expiresInMs?: number | undefined;
    }
  | {
      type: "ask";
      question: string;
      /** JSON Schema of the answer. */
      schema: Json;
      /** After how many milliseconds nobody could answer any more. */
      expiresInMs?: number | undefined;
    };

/** Another agent was called. */
export interface CalledAgent {
  agent: string;
  /** What it was told. */
  input: Content;
  /** The session that it was called in. */
  session?: string | undefined;
  /** How many milliseconds it could take. */
  timeoutMs?: number | undefined;
  /** Whether the client would have seen what it emits. */
  relay: boolean;
  /** Whether it would have gone on after the run. */
  detached: boolean;
  /** What else the host was told. */
  extra?: Json | undefined;
  /** Whether it was stopped before it was over: by the agent, or by the end of the run. */
  cancelled: boolean;
}

/** A tool was called, or was to be where a person did not approve it. */
export interface CalledTool {
  /** The id of the call. */
  id: string;
  tool: string;
  /** What it was called with. */
  args: Json;
  /** How many milliseconds it could take. */
  timeoutMs?: number | undefined;
  /** The key of the call, where the agent gave one. */
  idempotencyKey?: string | undefined;
  /** Whether the client would have seen what an agent emits that is called so. */
  relay: boolean;
  /** What else the host was told. */
  extra?: Json | undefined;
  /** Whether it was given up before it was done: by the agent, or by the end of the run. */
  cancelled: boolean;
}

/** A model was asked. */
export interface CalledModel {
  /** Its alias. */
  model: string;
  /** What it was asked. */
  request: AskedModel;
  /** Whether its answer was given up before it was over: by the agent, or by the end of the run. */
  cancelled: boolean;
}

/** Texts were embedded, or were to be where the model cannot. */
export interface EmbeddedTexts {
  /** The alias of the model. */
  model: string;
  texts: string[];
}

/** Something was asked by HTTP, or was to be where the test has no answer. */
export interface CalledHttp {
  request: HttpRequest;
  /** Whether its answer was given up before it was over: by the agent, or by the end of the run. */
  cancelled: boolean;
}

/** A line of the log. */
export interface LogLine {
  level: Level;
  message: string;
  /** What stands beside the message. */
  fields: { [name: string]: string };
}
