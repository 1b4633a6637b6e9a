/**
 * The host that a test has.
 */

import { liftEvent, lowerEvent } from "../contract/events.js";
import { string } from "../contract/scalars.js";
import { isStored } from "../events.js";
import { Failure } from "../failure.js";
import { copy } from "../json.js";
import { TestRun } from "./result.js";
import { FakeTimer } from "./timer.js";

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
export class Invocation {
  /** @type {Found} */
  #found;
  /** @type {Event[]} */
  #events = [];
  /** @type {LogLine[]} */
  #logs = [];

  /** @param {Found} found */
  constructor(found) {
    this.#found = found;
  }

  /**
   * What the run left behind. A good end stores what was changed; a bad one forgets it. What still goes on is stopped.
   *
   * @param {Outcome | Failure} end
   * @returns {TestRun}
   * @throws {Error} Where the test does not say what people or models answer.
   */
  finish(end) {
    const { state, clock, people, agents, tools, models, web, files } = this.#found;
    const asked = people.finish();
    if (!(end instanceof Failure)) state.store();
    return new TestRun(end, {
      ...state.stored(),
      events: this.#events,
      asked,
      agentCalls: agents.finish(),
      toolCalls: tools.finish(),
      ...models.finish(),
      httpCalls: web.finish(),
      artifactVersions: files.all(),
      logs: this.#logs,
      sleptMs: clock.nowMs,
    });
  }

  /** Counts a call that cannot fail. */
  #call() {
    this.#found.clock.countCall();
    return this.#found;
  }

  /** What every call that can fail does first. */
  #gate() {
    const found = this.#call();
    found.clock.check();
    return found;
  }

  info() {
    return { ...this.#call().info };
  }

  /** @param {string} key */
  config(key) {
    const value = this.#call().config.get(name(key));
    return value === undefined ? undefined : copy(value, key);
  }

  configKeys() {
    return [...this.#call().config.keys()].sort();
  }

  isCancelled() {
    return this.#call().clock.isCancelled();
  }

  remainingMs() {
    return this.#call().clock.remainingMs();
  }

  /**
   * @param {Event[]} list
   * @returns {number}
   */
  emit(list) {
    const events = list.map((event) => liftEvent(lowerEvent(event)));
    const { state } = this.#gate();
    if (events.some(isStored)) state.store();
    this.#events.push(...events);
    return this.#events.filter(isStored).length;
  }

  /**
   * @param {number | undefined} before
   * @param {number} limit
   * @returns {Page}
   */
  history(before, limit) {
    const { history } = this.#gate();
    const older = history.filter(({ seq }) => before === undefined || seq < before);
    const entries = older.slice(-limit);
    return { entries, next: older.length > entries.length ? entries[0]?.seq : undefined };
  }

  /** @param {string} key */
  get(key) {
    return this.#gate().state.get(name(key));
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  set(key, value) {
    const written = copy(value, `the state at \`${key}\``);
    this.#gate().state.put(name(key), written);
  }

  /** @param {string} key */
  remove(key) {
    this.#gate().state.put(name(key), null);
  }

  /** @param {string} prefix */
  keys(prefix) {
    return this.#gate().state.keys(name(prefix));
  }

  /**
   * @param {string} action
   * @param {unknown} details
   * @param {number | undefined} expiresInMs
   */
  approve(action, details, expiresInMs) {
    const what = string(action, "an action");
    const shown = copy(details, "the details of an action");
    const { people, clock } = this.#gate();
    return people.decide({ type: "approve", action: what, details: shown, ...expiring(expiresInMs) }, clock);
  }

  /**
   * @param {string} question
   * @param {unknown} schema
   * @param {number | undefined} expiresInMs
   */
  ask(question, schema, expiresInMs) {
    const what = string(question, "a question");
    const wanted = copy(schema, "the schema of an answer");
    const { people, clock } = this.#gate();
    return people.answer({ type: "ask", question: what, schema: wanted, ...expiring(expiresInMs) }, clock);
  }

  /** @param {number | undefined} timeoutMs */
  nextMessage(timeoutMs) {
    const { people, clock } = this.#gate();
    return people.nextMessage(timeoutMs, clock);
  }

  agents() {
    return this.#gate().agents.available();
  }

  /** @param {AgentRequest} request */
  callAgent(request) {
    return this.startAgent(request).wait();
  }

  /** @param {AgentRequest} request */
  startAgent(request) {
    const { agents, clock } = this.#call();
    return agents.start(request, clock);
  }

  tools() {
    return this.#gate().tools.available();
  }

  /**
   * @param {ToolCall} call
   * @param {ToolRequestOptions} options
   */
  callTool(call, options) {
    return this.startTool(call, options).wait();
  }

  /**
   * @param {ToolCall[]} calls
   * @param {ToolRequestOptions} options
   */
  callTools(calls, options) {
    const { tools, clock } = this.#call();
    return tools.callAll(calls, options, clock);
  }

  /**
   * @param {ToolCall} call
   * @param {ToolRequestOptions} options
   */
  startTool(call, options) {
    const { tools, clock } = this.#call();
    return tools.start(call, options, clock);
  }

  models() {
    return this.#gate().models.available();
  }

  /** @param {ModelRequest} request */
  complete(request) {
    return this.openCompletion(request).wait();
  }

  /** @param {ModelRequest} request */
  openCompletion(request) {
    const { models, clock } = this.#call();
    return models.open(request, clock, this.#events);
  }

  /**
   * @param {readonly string[]} texts
   * @param {string | undefined} model
   */
  embed(texts, model) {
    const { models, clock } = this.#call();
    return models.embed(texts, model, clock);
  }

  /** @param {HttpRequest} request */
  fetch(request) {
    return this.openExchange(request).wait();
  }

  /** @param {HttpRequest} request */
  openExchange(request) {
    const { web, clock } = this.#call();
    return web.open(request, clock);
  }

  /**
   * @param {string} name
   * @param {Artifact} artifact
   */
  saveArtifact(name, artifact) {
    const { files, clock } = this.#gate();
    return files.save(name, artifact, clock.nowMs);
  }

  /**
   * @param {string} name
   * @param {number | undefined} version
   */
  loadArtifact(name, version) {
    return this.#gate().files.load(name, version);
  }

  /**
   * @param {string} name
   * @param {number} version
   * @param {number} offset
   * @param {number} max
   */
  readArtifact(name, version, offset, max) {
    return this.#gate().files.read(name, version, offset, max);
  }

  /** @param {string} prefix */
  artifacts(prefix) {
    return this.#gate().files.list(prefix);
  }

  /** @param {string} name */
  artifactVersions(name) {
    return this.#gate().files.versions(name);
  }

  /**
   * @param {string} name
   * @param {number | undefined} version
   */
  removeArtifact(name, version) {
    return this.#gate().files.remove(name, version);
  }

  /** @param {number} ms */
  sleep(ms) {
    const { clock } = this.#call();
    clock.waitUntil(clock.nowMs + ms);
  }

  /**
   * @param {number} ms
   * @returns {FakeTimer}
   */
  timer(ms) {
    const { clock } = this.#call();
    return new FakeTimer(clock, clock.nowMs + ms);
  }

  /**
   * @param {Timer[]} of
   * @param {number | undefined} timeoutMs
   * @returns {number[]}
   */
  any(of, timeoutMs) {
    const { clock } = this.#call();
    const timers = /** @type {FakeTimer[]} */ (of);
    const ends = timers.map(({ atMs }) => atMs);
    if (timeoutMs !== undefined) ends.push(clock.nowMs + timeoutMs);
    if (ends.length > 0) clock.waitUntil(Math.min(...ends));
    if (clock.isCancelled()) return [];
    return timers.flatMap((timer, index) => (timer.isDue() ? [index] : []));
  }

  /**
   * @param {Level} level
   * @param {string} message
   * @param {[string, string][]} fields
   */
  log(level, message, fields) {
    this.#call();
    this.#logs.push({ level, message, fields: Object.fromEntries(fields) });
  }
}

/**
 * @param {string} key
 * @returns {string}
 */
function name(key) {
  return string(key, "a key");
}

/**
 * @param {number | undefined} expiresInMs
 * @returns {Pick<Asked, "expiresInMs">}
 */
function expiring(expiresInMs) {
  return expiresInMs === undefined ? {} : { expiresInMs };
}
