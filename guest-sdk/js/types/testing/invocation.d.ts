/**
 * The host that a test has.
 */
import { Failure } from "../failure.js";
import { TestRun } from "./result.js";
import { FakeTimer } from "./timer.js";
import type { Artifact } from "../artifacts.js";
import type { HttpRequest } from "../http.js";
import type { AgentRequest, Host, Timer, ToolRequestOptions } from "../host.js";
import type { Outcome } from "../outcome.js";
import type { Entry, Event, Info, Json, Level, ModelRequest, Page, ToolCall } from "../types.js";
import type { Agents } from "./agents.js";
import type { Files } from "./artifacts.js";
import type { Clock } from "./clock.js";
import type { Web } from "./http.js";
import type { Models } from "./models.js";
import type { People } from "./people.js";
import type { State } from "./state.js";
import type { Tools } from "./tools.js";
export type Found = {
    info: Info;
    config: Map<string, Json>;
    history: Entry[];
    people: People;
    agents: Agents;
    tools: Tools;
    models: Models;
    web: Web;
    files: Files;
    clock: Clock;
    state: State;
};
/** @import { Artifact } from "../artifacts.js" */
/** @import { HttpRequest } from "../http.js" */
/** @import { AgentRequest, Host, Timer, ToolRequestOptions } from "../host.js" */
/** @import { Outcome } from "../outcome.js" */
/** @import { Entry, Event, Info, Json, Level, ModelRequest, Page, ToolCall } from "../types.js" */
/** @import { Agents } from "./agents.js" */
/** @import { Files } from "./artifacts.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Web } from "./http.js" */
/** @import { Models } from "./models.js" */
/** @import { People } from "./people.js" */
/** @import { State } from "./state.js" */
/** @import { Tools } from "./tools.js" */
/** @import { Asked, LogLine } from "./types.js" */
/**
 * What a run finds.
 *
 * @typedef {object} Found
 * @property {Info} info
 * @property {Map<string, Json>} config
 * @property {Entry[]} history
 * @property {People} people
 * @property {Agents} agents
 * @property {Tools} tools
 * @property {Models} models
 * @property {Web} web
 * @property {Files} files
 * @property {Clock} clock
 * @property {State} state
 */
/**
 * One run under test.
 * @implements {Host}
 */
export declare class Invocation implements Host {
    #private;
    /** @param {Found} found */
    constructor(found: Found);
    /**
     * What the run left behind. A good end stores what was changed; a bad one forgets it. What still goes on is stopped.
     *
     * @param {Outcome | Failure} end
     * @returns {TestRun}
     * @throws {Error} Where the test does not say what people or models answer.
     */
    finish(end: Outcome | Failure): TestRun;
    info(): {
        invocationId: string;
        sessionId: string;
        userId: string;
        agent: string;
        agentVersion: string;
        attempt: number;
        parentId?: string | undefined;
        traceparent?: string | undefined;
        extra?: Json | undefined;
    };
    /** @param {string} key */
    config(key: string): Json | undefined;
    configKeys(): string[];
    isCancelled(): boolean;
    remainingMs(): number | undefined;
    /**
     * @param {Event[]} list
     * @returns {number}
     */
    emit(list: Event[]): number;
    /**
     * @param {number | undefined} before
     * @param {number} limit
     * @returns {Page}
     */
    history(before: number | undefined, limit: number): Page;
    /** @param {string} key */
    get(key: string): Json | undefined;
    /**
     * @param {string} key
     * @param {unknown} value
     */
    set(key: string, value: unknown): void;
    /** @param {string} key */
    remove(key: string): void;
    /** @param {string} prefix */
    keys(prefix: string): string[];
    /**
     * @param {string} action
     * @param {unknown} details
     * @param {number | undefined} expiresInMs
     */
    approve(action: string, details: unknown, expiresInMs: number | undefined): import("../types.js").Decision<Json>;
    /**
     * @param {string} question
     * @param {unknown} schema
     * @param {number | undefined} expiresInMs
     */
    ask(question: string, schema: unknown, expiresInMs: number | undefined): Json;
    /** @param {number | undefined} timeoutMs */
    nextMessage(timeoutMs: number | undefined): import("../content.js").Content | undefined;
    agents(): import("../types.js").AgentSummary[];
    /** @param {AgentRequest} request */
    callAgent(request: AgentRequest): import("../agents.js").AgentReply;
    /** @param {AgentRequest} request */
    startAgent(request: AgentRequest): import("./agents.js").FakeChild;
    tools(): import("../types.js").Tool[];
    /**
     * @param {ToolCall} call
     * @param {ToolRequestOptions} options
     */
    callTool(call: ToolCall, options: ToolRequestOptions): import("../types.js").ToolResponse<Json>;
    /**
     * @param {ToolCall[]} calls
     * @param {ToolRequestOptions} options
     */
    callTools(calls: ToolCall[], options: ToolRequestOptions): (Failure | import("../types.js").ToolResponse<Json>)[];
    /**
     * @param {ToolCall} call
     * @param {ToolRequestOptions} options
     */
    startTool(call: ToolCall, options: ToolRequestOptions): import("./tools.js").FakeRunning;
    models(): import("../types.js").ModelSummary[];
    /** @param {ModelRequest} request */
    complete(request: ModelRequest): import("../models.js").ModelResponse;
    /** @param {ModelRequest} request */
    openCompletion(request: ModelRequest): import("./models.js").FakeCompletion;
    /**
     * @param {readonly string[]} texts
     * @param {string | undefined} model
     */
    embed(texts: readonly string[], model: string | undefined): import("../types.js").Embeddings;
    /** @param {HttpRequest} request */
    fetch(request: HttpRequest): import("../http.js").HttpResponse;
    /** @param {HttpRequest} request */
    openExchange(request: HttpRequest): import("./http.js").FakeExchange;
    /**
     * @param {string} name
     * @param {Artifact} artifact
     */
    saveArtifact(name: string, artifact: Artifact): number;
    /**
     * @param {string} name
     * @param {number | undefined} version
     */
    loadArtifact(name: string, version: number | undefined): Artifact | undefined;
    /**
     * @param {string} name
     * @param {number} version
     * @param {number} offset
     * @param {number} max
     */
    readArtifact(name: string, version: number, offset: number, max: number): Uint8Array<ArrayBufferLike>;
    /** @param {string} prefix */
    artifacts(prefix: string): import("../types.js").ArtifactInfo[];
    /** @param {string} name */
    artifactVersions(name: string): import("../types.js").ArtifactInfo[];
    /**
     * @param {string} name
     * @param {number | undefined} version
     */
    removeArtifact(name: string, version: number | undefined): boolean;
    /** @param {number} ms */
    sleep(ms: number): void;
    /**
     * @param {number} ms
     * @returns {FakeTimer}
     */
    timer(ms: number): FakeTimer;
    /**
     * @param {Timer[]} of
     * @param {number | undefined} timeoutMs
     * @returns {number[]}
     */
    any(of: Timer[], timeoutMs: number | undefined): number[];
    /**
     * @param {Level} level
     * @param {string} message
     * @param {[string, string][]} fields
     */
    log(level: Level, message: string, fields: [string, string][]): void;
}
