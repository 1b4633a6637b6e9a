/**
 * What the SDK wants of a host. A component has its imports, a test has a fake one; see `component/imports.js` and
 * `testing/invocation.js`.
 */
import type { AgentReply } from "./agents.js";
import type { Artifact } from "./artifacts.js";
import type { Content } from "./content.js";
import type { Failure } from "./failure.js";
import type { HttpHead, HttpRequest, HttpResponse } from "./http.js";
import type { ModelResponse } from "./models.js";
import type { AgentSummary, ArtifactInfo, Decision, Delta, Embeddings, Event, Info, Json, Level, ModelRequest, ModelSummary, Page, Tool, ToolCall, ToolResponse } from "./types.js";
export type Timer = {
    ready: () => boolean;
    block: () => void;
    dispose: () => void;
};
export type Ongoing = {
    cancel: () => void;
    subscribe: () => Timer;
    dispose: () => void;
};
export type Work<R> = Ongoing & {
    finish: () => R;
};
export type ChildWork = Work<AgentReply> & {
    invocationId: () => string;
};
export type AgentRequest = {
    agent: string;
    input: Content;
    session: string | undefined;
    timeoutMs: number | undefined;
    relay: boolean;
    detached: boolean;
    extra: unknown;
};
export type ToolWork = Work<ToolResponse>;
export type ToolRequestOptions = {
    timeoutMs: number | undefined;
    idempotencyKey: string | undefined;
    relay: boolean;
    extra: unknown;
};
export type CompletionWork = Work<ModelResponse> & {
    next: () => Delta[];
};
export type ExchangeWork = Ongoing & {
    head: () => HttpHead;
    read: (max: number) => Uint8Array;
};
export type Host = {
    info: () => Info;
    config: (key: string) => Json | undefined;
    configKeys: () => string[];
    isCancelled: () => boolean;
    remainingMs: () => number | undefined;
    emit: (events: Event[]) => number;
    history: (before: number | undefined, limit: number) => Page;
    get: (key: string) => Json | undefined;
    set: (key: string, value: unknown) => void;
    remove: (key: string) => void;
    keys: (prefix: string) => string[];
    approve: (action: string, details: unknown, expiresInMs: number | undefined) => Decision;
    ask: (question: string, schema: unknown, expiresInMs: number | undefined) => Json;
    nextMessage: (timeoutMs: number | undefined) => Content | undefined;
    agents: () => AgentSummary[];
    callAgent: (request: AgentRequest) => AgentReply;
    startAgent: (request: AgentRequest) => ChildWork;
    tools: () => Tool[];
    callTool: (call: ToolCall, options: ToolRequestOptions) => ToolResponse;
    callTools: (calls: ToolCall[], options: ToolRequestOptions) => (ToolResponse | Failure)[];
    startTool: (call: ToolCall, options: ToolRequestOptions) => ToolWork;
    models: () => ModelSummary[];
    complete: (request: ModelRequest) => ModelResponse;
    openCompletion: (request: ModelRequest) => CompletionWork;
    embed: (texts: readonly string[], model: string | undefined) => Embeddings;
    fetch: (request: HttpRequest) => HttpResponse;
    openExchange: (request: HttpRequest) => ExchangeWork;
    saveArtifact: (name: string, artifact: Artifact) => number;
    loadArtifact: (name: string, version: number | undefined) => Artifact | undefined;
    readArtifact: (name: string, version: number, offset: number, max: number) => Uint8Array;
    artifacts: (prefix: string) => ArtifactInfo[];
    artifactVersions: (name: string) => ArtifactInfo[];
    removeArtifact: (name: string, version: number | undefined) => boolean;
    sleep: (ms: number) => void;
    timer: (ms: number) => Timer;
    any: (of: Timer[], timeoutMs: number | undefined) => number[];
    log: (level: Level, message: string, fields: [string, string][]) => void;
};
/** @import { AgentReply } from "./agents.js" */
/** @import { Artifact } from "./artifacts.js" */
/** @import { Content } from "./content.js" */
/** @import { Failure } from "./failure.js" */
/** @import { HttpHead, HttpRequest, HttpResponse } from "./http.js" */
/** @import { ModelResponse } from "./models.js" */
/** @import { AgentSummary, ArtifactInfo, Decision, Delta, Embeddings, Event, Info, Json, Level, ModelRequest, ModelSummary, Page, Tool, ToolCall, ToolResponse } from "./types.js" */
/**
 * What the host lets wait for: a timer, or the end of what goes on beside the agent.
 *
 * @typedef {object} Timer
 * @property {() => boolean} ready
 * @property {() => void} block
 * @property {() => void} dispose
 */
/**
 * What goes on beside the agent.
 *
 * @typedef {object} Ongoing
 * @property {() => void} cancel
 * @property {() => Timer} subscribe
 * @property {() => void} dispose
 */
/**
 * What goes on beside the agent, until it comes to something.
 *
 * @template R
 * @typedef {Ongoing & { finish: () => R }} Work
 */
/**
 * Another agent that works.
 * @typedef {Work<AgentReply> & { invocationId: () => string }} ChildWork
 */
/**
 * How an agent is called.
 *
 * @typedef {object} AgentRequest
 * @property {string} agent
 * @property {Content} input
 * @property {string | undefined} session
 * @property {number | undefined} timeoutMs
 * @property {boolean} relay
 * @property {boolean} detached
 * @property {unknown} extra
 */
/**
 * A tool that works.
 * @typedef {Work<ToolResponse>} ToolWork
 */
/**
 * How a tool is called.
 *
 * @typedef {object} ToolRequestOptions
 * @property {number | undefined} timeoutMs
 * @property {string | undefined} idempotencyKey
 * @property {boolean} relay
 * @property {unknown} extra
 */
/**
 * A model that writes.
 * @typedef {Work<ModelResponse> & { next: () => Delta[] }} CompletionWork
 */
/**
 * An answer that comes.
 * @typedef {Ongoing & { head: () => HttpHead, read: (max: number) => Uint8Array }} ExchangeWork
 */
/**
 * The contract, in JavaScript's own values. Times are whole milliseconds; what can fail throws a `Failure`.
 *
 * @typedef {object} Host
 * @property {() => Info} info
 * @property {(key: string) => Json | undefined} config
 * @property {() => string[]} configKeys
 * @property {() => boolean} isCancelled
 * @property {() => number | undefined} remainingMs
 * @property {(events: Event[]) => number} emit
 * @property {(before: number | undefined, limit: number) => Page} history
 * @property {(key: string) => Json | undefined} get
 * @property {(key: string, value: unknown) => void} set
 * @property {(key: string) => void} remove
 * @property {(prefix: string) => string[]} keys
 * @property {(action: string, details: unknown, expiresInMs: number | undefined) => Decision} approve
 * @property {(question: string, schema: unknown, expiresInMs: number | undefined) => Json} ask
 * @property {(timeoutMs: number | undefined) => Content | undefined} nextMessage
 * @property {() => AgentSummary[]} agents
 * @property {(request: AgentRequest) => AgentReply} callAgent
 * @property {(request: AgentRequest) => ChildWork} startAgent
 * @property {() => Tool[]} tools
 * @property {(call: ToolCall, options: ToolRequestOptions) => ToolResponse} callTool
 * @property {(calls: ToolCall[], options: ToolRequestOptions) => (ToolResponse | Failure)[]} callTools
 * @property {(call: ToolCall, options: ToolRequestOptions) => ToolWork} startTool
 * @property {() => ModelSummary[]} models
 * @property {(request: ModelRequest) => ModelResponse} complete
 * @property {(request: ModelRequest) => CompletionWork} openCompletion
 * @property {(texts: readonly string[], model: string | undefined) => Embeddings} embed
 * @property {(request: HttpRequest) => HttpResponse} fetch
 * @property {(request: HttpRequest) => ExchangeWork} openExchange
 * @property {(name: string, artifact: Artifact) => number} saveArtifact
 * @property {(name: string, version: number | undefined) => Artifact | undefined} loadArtifact
 * @property {(name: string, version: number, offset: number, max: number) => Uint8Array} readArtifact
 * @property {(prefix: string) => ArtifactInfo[]} artifacts
 * @property {(name: string) => ArtifactInfo[]} artifactVersions
 * @property {(name: string, version: number | undefined) => boolean} removeArtifact
 * @property {(ms: number) => void} sleep
 * @property {(ms: number) => Timer} timer
 * @property {(of: Timer[], timeoutMs: number | undefined) => number[]} any
 * @property {(level: Level, message: string, fields: [string, string][]) => void} log
 */
export {};
