/**
 * What the SDK wants of a host. A component has its imports, a test has a fake one; see `component/imports.js` and
 * `testing/invocation.js`.
 */

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
