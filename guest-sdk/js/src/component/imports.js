/**
 * The host that a component has: its imports. The only modules that name them are in this folder.
 */

import * as agents from "rak:agent/agents@0.1.5";
import * as artifacts from "rak:agent/artifacts@0.1.5";
import * as context from "rak:agent/context@0.1.5";
import * as events from "rak:agent/events@0.1.5";
import * as http from "rak:agent/http@0.1.5";
import * as log from "rak:agent/log@0.1.5";
import * as models from "rak:agent/models@0.1.5";
import * as people from "rak:agent/people@0.1.5";
import * as session from "rak:agent/session@0.1.5";
import * as tools from "rak:agent/tools@0.1.5";
import * as wait from "rak:agent/wait@0.1.5";

import { liftReply, liftSummary, lowerAgentRequest } from "../contract/agents.js";
import { liftArtifact, liftArtifactInfo, lowerArtifact, lowerName, lowerNumber } from "../contract/artifacts.js";
import { liftContent, liftResponse, lowerCall } from "../contract/content.js";
import { liftFailure } from "../contract/entry.js";
import { lowerEvent } from "../contract/events.js";
import { liftHead, liftHttpResponse, lowerHttpRequest } from "../contract/http.js";
import { liftDelta, liftEmbeddings, liftModel, liftModelResponse, lowerEmbed, lowerModelRequest } from "../contract/models.js";
import { lifted, liftedBytes, liftedJson, option, string, whole } from "../contract/scalars.js";
import { liftResult, liftTool, lowerToolOptions } from "../contract/tools.js";
import { decode, encode } from "../json.js";

/** @import { Waitable } from "rak:agent/wait@0.1.5" */
/** @import { Host } from "../host.js" */

/**
 * Calls an import that can fail. Both engines throw what the host answers as the `payload` of something.
 *
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function fallible(call) {
  try {
    return call();
  } catch (thrown) {
    throw thrown !== null && typeof thrown === "object" && "payload" in thrown
      ? liftFailure(/** @type {any} */ (thrown.payload))
      : thrown;
  }
}

/**
 * @param {string} key
 * @returns {string}
 */
function named(key) {
  return string(key, "a key");
}

/** @type {Host["info"]} */
function info() {
  const { parentId, traceparent, extra, ...known } = context.get();
  return {
    ...known,
    parentId: lifted(parentId, String),
    traceparent: lifted(traceparent, String),
    extra: liftedJson(extra),
  };
}

/** @type {Host["history"]} */
function history(before, limit) {
  const page = fallible(() => session.history(before, limit));
  const entries = Array.from(page.entries, ({ seq, author, content, atMs }) => ({
    seq: Number(seq),
    author,
    content: liftContent(content),
    at: new Date(Number(atMs)),
  }));
  return { entries, next: lifted(page.next, Number) };
}

/** @type {Host["approve"]} */
function approve(action, details, expiresInMs) {
  const what = string(action, "an action");
  const shown = encode(details, "the details of an action");
  const { approved, by, reason, edited } = fallible(() => people.approve(what, shown, expiresInMs));
  return { approved, by: lifted(by, String), reason: lifted(reason, String), edited: liftedJson(edited) };
}

/** @type {Host["ask"]} */
function ask(question, schema, expiresInMs) {
  const what = string(question, "a question");
  const wanted = encode(schema, "the schema of an answer");
  return decode(fallible(() => people.ask(what, wanted, expiresInMs)));
}

/** @type {Host["startAgent"]} */
function startAgent(request) {
  const lowered = lowerAgentRequest(request);
  const child = fallible(() => agents.start(...lowered));
  return {
    invocationId: () => child.invocationId(),
    finish: () => liftReply(fallible(() => child.finish())),
    cancel: () => child.cancel(),
    subscribe: () => timerOf(child.subscribe()),
    dispose: () => child[Symbol.dispose](),
  };
}

/** @type {Host["callTool"]} */
function callTool(call, options) {
  const [made, how] = [lowerCall(call), lowerToolOptions(options)];
  return liftResponse(fallible(() => tools.call(made, how)));
}

/** @type {Host["startTool"]} */
function startTool(call, options) {
  const [made, how] = [lowerCall(call), lowerToolOptions(options)];
  const running = fallible(() => tools.start(made, how));
  return {
    finish: () => liftResponse(fallible(() => running.finish())),
    cancel: () => running.cancel(),
    subscribe: () => timerOf(running.subscribe()),
    dispose: () => running[Symbol.dispose](),
  };
}

/** @type {Host["complete"]} */
function complete(request) {
  const lowered = lowerModelRequest(request);
  return liftModelResponse(fallible(() => models.complete(lowered)));
}

/** @type {Host["openCompletion"]} */
function openCompletion(request) {
  const lowered = lowerModelRequest(request);
  const completion = fallible(() => models.open(lowered));
  return {
    next: () => Array.from(fallible(() => completion.next()), liftDelta),
    finish: () => liftModelResponse(fallible(() => completion.finish())),
    cancel: () => completion.cancel(),
    subscribe: () => timerOf(completion.subscribe()),
    dispose: () => completion[Symbol.dispose](),
  };
}

/** @type {Host["embed"]} */
function embed(texts, model) {
  const lowered = lowerEmbed(texts, model);
  return liftEmbeddings(fallible(() => models.embed(...lowered)));
}

/** @type {Host["fetch"]} */
function fetch(request) {
  const lowered = lowerHttpRequest(request);
  return liftHttpResponse(fallible(() => http.fetch(lowered)));
}

/** @type {Host["openExchange"]} */
function openExchange(request) {
  const lowered = lowerHttpRequest(request);
  const exchange = fallible(() => http.open(lowered));
  return {
    head: () => liftHead(fallible(() => exchange.head())),
    read: (max) => {
      const lowered = lowerNumber(max);
      return liftedBytes(fallible(() => exchange.read(lowered)));
    },
    cancel: () => exchange.cancel(),
    subscribe: () => timerOf(exchange.subscribe()),
    dispose: () => exchange[Symbol.dispose](),
  };
}

/** @type {Host["saveArtifact"]} */
function saveArtifact(name, artifact) {
  const [lowered, content] = [lowerName(name), lowerArtifact(artifact)];
  return fallible(() => artifacts.save(lowered, content));
}

/** @type {Host["loadArtifact"]} */
function loadArtifact(name, version) {
  const [lowered, number] = [lowerName(name), option(version, lowerNumber)];
  return lifted(fallible(() => artifacts.load(lowered, number)), liftArtifact);
}

/** @type {Host["readArtifact"]} */
function readArtifact(name, version, offset, max) {
  const [lowered, number] = [lowerName(name), lowerNumber(version)];
  const [from, most] = [whole(offset, "an offset"), lowerNumber(max)];
  return liftedBytes(fallible(() => artifacts.read(lowered, number, from, most)));
}

/** @type {Host["removeArtifact"]} */
function removeArtifact(name, version) {
  const [lowered, number] = [lowerName(name), option(version, lowerNumber)];
  return fallible(() => artifacts.remove(lowered, number));
}

/** @param {Waitable} waitable */
function timerOf(waitable) {
  return {
    ready: () => waitable.ready(),
    block: () => waitable.block(),
    dispose: () => waitable[Symbol.dispose](),
    waitable,
  };
}

/**
 * The imports of the component. It holds nothing: each function is one import.
 *
 * @type {Host}
 */
export const imports = Object.freeze({
  info,
  config: (key) => liftedJson(context.config(named(key))),
  configKeys: () => Array.from(context.configKeys()),
  isCancelled: () => context.isCancelled(),
  remainingMs: () => lifted(context.remainingMs(), Number),
  emit: (list) => {
    const lowered = list.map(lowerEvent);
    return Number(fallible(() => events.emit(lowered)));
  },
  history,
  get: (key) => liftedJson(fallible(() => session.get(named(key)))),
  set: (key, value) => fallible(() => session.set(named(key), encode(value, `the state at \`${key}\``))),
  remove: (key) => fallible(() => session.remove(named(key))),
  keys: (prefix) => Array.from(fallible(() => session.keys(named(prefix)))),
  approve,
  ask,
  nextMessage: (timeoutMs) => lifted(fallible(() => people.nextMessage(timeoutMs)), liftContent),
  agents: () => Array.from(fallible(agents.available), liftSummary),
  callAgent: (request) => {
    const lowered = lowerAgentRequest(request);
    return liftReply(fallible(() => agents.call(...lowered)));
  },
  startAgent,
  tools: () => Array.from(fallible(tools.available), liftTool),
  callTool,
  callTools: (calls, options) => Array.from(tools.callAll(calls.map(lowerCall), lowerToolOptions(options)), liftResult),
  startTool,
  models: () => Array.from(fallible(models.available), liftModel),
  complete,
  openCompletion,
  embed,
  fetch,
  openExchange,
  saveArtifact,
  loadArtifact,
  readArtifact,
  artifacts: (prefix) => Array.from(fallible(() => artifacts.available(lowerName(prefix))), liftArtifactInfo),
  artifactVersions: (name) => Array.from(fallible(() => artifacts.versions(lowerName(name))), liftArtifactInfo),
  removeArtifact,
  sleep: (ms) => wait.sleep(ms),
  timer: (ms) => timerOf(wait.timer(ms)),
  any: (of, timeoutMs) => {
    const timers = /** @type {ReturnType<typeof timerOf>[]} */ (of);
    return Array.from(wait.any(timers.map(({ waitable }) => waitable), timeoutMs));
  },
  log: (level, message, fields) => log.write(level, message.toWellFormed(), fields.map(wellFormed)),
});

/**
 * @param {[string, string]} field
 * @returns {[string, string]}
 */
function wellFormed([name, value]) {
  return [name.toWellFormed(), value.toWellFormed()];
}
