/**
 * What a run under test left behind.
 */

import { Failure } from "../failure.js";

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
export class TestRun {
  /** @type {Outcome | Failure} */
  #end;

  /**
   * @param {Outcome | Failure} end
   * @param {Left} left
   */
  constructor(end, { events, state, changes, asked, agentCalls, toolCalls, modelCalls, embedCalls, ...others }) {
    const { httpCalls, artifactVersions, logs, sleptMs } = others;
    this.#end = end;
    /** @readonly @type {readonly Event[]} What it emitted, in order, and what the host sent on of what a model wrote. */
    this.events = events;
    /** @readonly @type {{ [key: string]: Json }} The state that the next invocation would find. */
    this.state = state;
    /**
     * What of it this run changed: the new value, or `null` where it removed one. What a failed run changed after its
     * last stored event is not in it, nor is anything under `temp:`.
     * @readonly @type {{ [key: string]: Json }}
     */
    this.changes = changes;
    /** @readonly @type {readonly Asked[]} What it asked people, in order. */
    this.asked = asked;
    /** @readonly @type {readonly CalledAgent[]} The agents it called, in order. */
    this.agentCalls = agentCalls;
    /** @readonly @type {readonly CalledTool[]} The tools it called, in order. */
    this.toolCalls = toolCalls;
    /** @readonly @type {readonly CalledModel[]} What it asked models, in order. */
    this.modelCalls = modelCalls;
    /** @readonly @type {readonly EmbeddedTexts[]} The texts that it had embedded, in order. */
    this.embedCalls = embedCalls;
    /** @readonly @type {readonly CalledHttp[]} What it asked by HTTP, in order. */
    this.httpCalls = httpCalls;
    /**
     * The artifacts that are there after it: each version, by name and number. Also those that a failed run saved.
     * @readonly @type {{ [name: string]: { [version: number]: Artifact } }}
     */
    this.artifactVersions = artifactVersions;
    /** @readonly @type {readonly LogLine[]} The lines it logged. */
    this.logs = logs;
    /** @readonly @type {number} How many milliseconds it waited, on the fake clock. */
    this.sleptMs = sleptMs;
  }

  /**
   * Whether it ended well.
   * @returns {boolean}
   */
  get ok() {
    return !(this.#end instanceof Failure);
  }

  /**
   * The text of the answer; empty where there is none.
   * @returns {string}
   * @throws {Error} Where the run failed.
   */
  get answer() {
    return this.outcome.content?.text ?? "";
  }

  /**
   * How it ended well.
   * @returns {Outcome}
   * @throws {Error} Where the run failed.
   */
  get outcome() {
    const end = this.#end;
    if (end instanceof Failure) throw new Error(`the agent failed: ${end.kind}: ${end.message}`, { cause: end.cause ?? end });
    return end;
  }

  /**
   * How it ended badly.
   * @returns {Failure}
   * @throws {Error} Where the run did not fail.
   */
  get failure() {
    const end = this.#end;
    if (end instanceof Failure) return end;
    throw new Error(`the agent did not fail, it answered ${JSON.stringify(end.content?.text)}`);
  }

  /**
   * The newest version of each artifact that is there after it.
   * @returns {{ [name: string]: Artifact }}
   */
  get artifacts() {
    const newest = Object.entries(this.artifactVersions).map(([name, versions]) => [name, Object.values(versions).at(-1)]);
    return Object.fromEntries(newest);
  }

  /**
   * The contents it emitted.
   * @returns {Content[]}
   */
  get contents() {
    return this.events.flatMap((event) => (event.type === "content" ? [event.content] : []));
  }

  /**
   * The text it streamed, piece by piece.
   * @returns {string[]}
   */
  get textDeltas() {
    return this.events.flatMap((event) => (event.type === "text-delta" ? [event.text] : []));
  }

  /**
   * The progress it reported.
   * @returns {Progress[]}
   */
  get progress() {
    return this.events.flatMap((event) => (event.type === "progress" ? [event] : []));
  }

  /**
   * The custom events it emitted.
   * @returns {Custom[]}
   */
  get customs() {
    return this.events.flatMap((event) => (event.type === "custom" ? [event] : []));
  }
}
