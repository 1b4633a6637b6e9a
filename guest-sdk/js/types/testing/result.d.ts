/**
 * What a run under test left behind.
 */
import { Failure } from "../failure.js";
import type { Artifact } from "../artifacts.js";
import type { Content } from "../content.js";
import type { Outcome } from "../outcome.js";
import type { Custom, Event, Json, Progress } from "../types.js";
import type { Asked, CalledAgent, CalledHttp, CalledModel, CalledTool, EmbeddedTexts, LogLine } from "./types.js";
export type Left = {
    events: Event[];
    state: {
        [key: string]: Json;
    };
    changes: {
        [key: string]: Json;
    };
    asked: Asked[];
    agentCalls: CalledAgent[];
    toolCalls: CalledTool[];
    modelCalls: CalledModel[];
    embedCalls: EmbeddedTexts[];
    httpCalls: CalledHttp[];
    artifactVersions: {
        [name: string]: {
            [version: number]: Artifact;
        };
    };
    logs: LogLine[];
    sleptMs: number;
};
/** @import { Artifact } from "../artifacts.js" */
/** @import { Content } from "../content.js" */
/** @import { Outcome } from "../outcome.js" */
/** @import { Custom, Event, Json, Progress } from "../types.js" */
/** @import { Asked, CalledAgent, CalledHttp, CalledModel, CalledTool, EmbeddedTexts, LogLine } from "./types.js" */
/**
 * @typedef {object} Left
 * @property {Event[]} events
 * @property {{ [key: string]: Json }} state
 * @property {{ [key: string]: Json }} changes
 * @property {Asked[]} asked
 * @property {CalledAgent[]} agentCalls
 * @property {CalledTool[]} toolCalls
 * @property {CalledModel[]} modelCalls
 * @property {EmbeddedTexts[]} embedCalls
 * @property {CalledHttp[]} httpCalls
 * @property {{ [name: string]: { [version: number]: Artifact } }} artifactVersions
 * @property {LogLine[]} logs
 * @property {number} sleptMs
 */
/** What a run under test left behind. */
export declare class TestRun {
    #private;
    /** @readonly @type {readonly Event[]} What it emitted, in order, and what the host sent on of what a model wrote. */
    events: readonly Event[];
    /** @readonly @type {{ [key: string]: Json }} The state that the next invocation would find. */
    state: {
        [key: string]: Json;
    };
    /**
     * What of it this run changed: the new value, or `null` where it removed one. What a failed run changed after its
     * last stored event is not in it, nor is anything under `temp:`.
     * @readonly @type {{ [key: string]: Json }}
     */
    changes: {
        [key: string]: Json;
    };
    /** @readonly @type {readonly Asked[]} What it asked people, in order. */
    asked: readonly Asked[];
    /** @readonly @type {readonly CalledAgent[]} The agents it called, in order. */
    agentCalls: readonly CalledAgent[];
    /** @readonly @type {readonly CalledTool[]} The tools it called, in order. */
    toolCalls: readonly CalledTool[];
    /** @readonly @type {readonly CalledModel[]} What it asked models, in order. */
    modelCalls: readonly CalledModel[];
    /** @readonly @type {readonly EmbeddedTexts[]} The texts that it had embedded, in order. */
    embedCalls: readonly EmbeddedTexts[];
    /** @readonly @type {readonly CalledHttp[]} What it asked by HTTP, in order. */
    httpCalls: readonly CalledHttp[];
    /**
     * The artifacts that are there after it: each version, by name and number. Also those that a failed run saved.
     * @readonly @type {{ [name: string]: { [version: number]: Artifact } }}
     */
    artifactVersions: {
        [name: string]: {
            [version: number]: Artifact;
        };
    };
    /** @readonly @type {readonly LogLine[]} The lines it logged. */
    logs: readonly LogLine[];
    /** @readonly @type {number} How many milliseconds it waited, on the fake clock. */
    sleptMs: number;
    /**
     * @param {Outcome | Failure} end
     * @param {Left} left
     */
    constructor(end: Outcome | Failure, { events, state, changes, asked, agentCalls, toolCalls, modelCalls, embedCalls, ...others }: Left);
    /**
     * Whether it ended well.
     * @returns {boolean}
     */
    get ok(): boolean;
    /**
     * The text of the answer; empty where there is none.
     * @returns {string}
     * @throws {Error} Where the run failed.
     */
    get answer(): string;
    /**
     * How it ended well.
     * @returns {Outcome}
     * @throws {Error} Where the run failed.
     */
    get outcome(): Outcome;
    /**
     * How it ended badly.
     * @returns {Failure}
     * @throws {Error} Where the run did not fail.
     */
    get failure(): Failure;
    /**
     * The newest version of each artifact that is there after it.
     * @returns {{ [name: string]: Artifact }}
     */
    get artifacts(): {
        [name: string]: Artifact;
    };
    /**
     * The contents it emitted.
     * @returns {Content[]}
     */
    get contents(): Content[];
    /**
     * The text it streamed, piece by piece.
     * @returns {string[]}
     */
    get textDeltas(): string[];
    /**
     * The progress it reported.
     * @returns {Progress[]}
     */
    get progress(): Progress[];
    /**
     * The custom events it emitted.
     * @returns {Custom[]}
     */
    get customs(): Custom[];
}
