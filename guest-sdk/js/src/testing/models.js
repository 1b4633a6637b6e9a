/**
 * The models of a test.
 */

import { Content, text } from "../content.js";
import { liftContent, lowerContent } from "../contract/content.js";
import { lowerEmbed, lowerModelRequest } from "../contract/models.js";
import { liftedJson } from "../contract/scalars.js";
import { Failure } from "../failure.js";
import { copy, decode, encode } from "../json.js";
import { ModelResponse } from "../models.js";
import { millis } from "../wait.js";
import { FakeTimer } from "./timer.js";
import { FakeWork, attempt, defined, notFound } from "./work.js";

/** @import { RawRequest } from "../contract/models.js" */
/** @import { Delta, Embeddings, Event, ModelRequest, ModelSummary, Part, Relay } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { AskedModel, CalledModel, EmbeddedTexts, FakeHostOptions, FakeModel, ModelAnswer } from "./types.js" */
/** @import { Ending } from "./work.js" */

/**
 * What a model writes, and how that ends.
 * @typedef {{ parts: Part[], end: (() => ModelResponse) | Failure }} Answered
 */

/** The types of the parts, without which an object is the JSON of an answer. */
const PARTS = ["text", "thought", "inline-data", "file-data", "function-call", "function-response", "custom"];

/** The deltas that the client sees. @type {{ readonly [relay in Relay]: readonly string[] }} */
const RELAYED = Object.freeze({ off: [], text: ["text-delta"], all: ["text-delta", "thought-delta"] });

/** Models that answer what the test says, and note down what they were asked. */
export class Models {
  /** @type {Map<string, FakeModel>} */
  #models;
  /** How many of its answers each has given. @type {Map<string, number>} */
  #given = new Map();
  /** @type {FakeCompletion[]} */
  #opened = [];
  /** @type {CalledModel[]} */
  #calls = [];
  /** @type {EmbeddedTexts[]} */
  #embedded = [];
  /** @type {Error | undefined} What the test does not say. */
  #missing;

  /** @param {NonNullable<FakeHostOptions["models"]>} models */
  constructor(models) {
    this.#models = new Map(Object.entries(models).map(([name, model]) => [name, whole(model)]));
  }

  /** @returns {ModelSummary[]} */
  available() {
    return [...this.#models].map(([name, { description = "", extra }]) => ({
      name,
      description,
      extra: extra === undefined ? undefined : copy(extra, `the \`extra\` of \`${name}\``),
    }));
  }

  /**
   * Asks a model.
   *
   * @param {ModelRequest} request
   * @param {Clock} clock
   * @param {Event[]} events Where what is relayed goes.
   * @returns {FakeCompletion}
   * @throws {Failure} Where the run is to end, or there is no model of this alias.
   */
  open(request, clock, events) {
    const raw = lowerModelRequest(request);
    clock.check();
    const [name, model] = this.#find(raw.model);
    /** @type {CalledModel} */
    const called = { model: name, request: recorded(raw), cancelled: false };
    this.#calls.push(called);
    const answer = attempt(() => this.#answer(name, model, recorded(raw)));
    const completion = new FakeCompletion(clock, answered(name, answer), model, called, events);
    this.#opened.push(completion);
    return completion;
  }

  /**
   * @param {readonly string[]} texts
   * @param {string | undefined} alias
   * @param {Clock} clock
   * @returns {Embeddings}
   * @throws {Failure} Where the run is to end, there is no model of this alias, or it has no vectors.
   */
  embed(texts, alias, clock) {
    const [asked, embedded] = lowerEmbed(texts, alias);
    clock.check();
    const [name, { embed }] = this.#find(asked);
    this.#embedded.push({ model: name, texts: embedded });
    if (!embed) throw Failure.unsupported(`the test does not say what \`${name}\` embeds`);
    const { usage } = new ModelResponse({ model: name, content: "" });
    return { model: name, vectors: embedded.map((one) => [...embed(one)]), usage };
  }

  /**
   * The run is over, and with it what models still write.
   *
   * @returns {{ modelCalls: CalledModel[], embedCalls: EmbeddedTexts[] }} What they were asked.
   * @throws {Error} Where the test did not say what they answer, which an agent that catches everything would hide.
   */
  finish() {
    if (this.#missing) throw this.#missing;
    for (const completion of this.#opened) completion.dispose();
    return { modelCalls: this.#calls, embedCalls: this.#embedded };
  }

  /**
   * @param {string | undefined} alias
   * @returns {[name: string, model: FakeModel]}
   */
  #find(alias) {
    const name = alias ?? [...this.#models.keys()][0] ?? "default";
    const model = this.#models.get(name);
    if (!model) throw notFound("model", name, this.#models.keys());
    return [name, model];
  }

  /**
   * @param {string} name
   * @param {FakeModel} model
   * @param {AskedModel} request
   * @returns {ModelAnswer | Failure}
   */
  #answer(name, { run = [] }, request) {
    if (typeof run === "function") return run(request);
    if (typeof run === "string") return run;
    const given = this.#given.get(name) ?? 0;
    this.#given.set(name, given + 1);
    const answer = run[given];
    if (answer !== undefined) return answer;
    this.#missing ??= new Error(`\`${name}\` is asked more often than the test has answers, which are ${run.length}`);
    throw this.#missing;
  }
}

/**
 * An answer that a model is writing.
 * @extends {FakeWork<ModelResponse>}
 */
export class FakeCompletion extends FakeWork {
  /** @type {Clock} */
  #clock;
  /** What it writes, and when. @type {{ atMs: number, delta: Delta }[]} */
  #deltas;
  /** @type {readonly string[]} */
  #relayed;
  /** @type {Event[]} */
  #events;
  /** How many of the deltas are written. */
  #written = 0;
  /** How many the agent has read. */
  #read = 0;
  /** @type {FakeTimer} */
  #news;

  /**
   * @param {Clock} clock
   * @param {Answered} answered
   * @param {FakeModel} model
   * @param {CalledModel} called
   * @param {Event[]} events
   */
  constructor(clock, { parts, end }, { takesMs = 0, split = words }, called, events) {
    const afterMs = millis(takesMs);
    super(clock, { afterMs, end }, Failure.failed(`the answer of ${called.model} was given up`, { code: "cancelled" }), called);
    const deltas = parts.flatMap((part) => deltasOf(part, split));
    this.#clock = clock;
    this.#deltas = deltas.map((delta, index) => ({
      atMs: clock.nowMs + Math.floor((afterMs * (index + 1)) / deltas.length),
      delta,
    }));
    this.#relayed = RELAYED[called.request.relay];
    this.#events = events;
    this.#news = new FakeTimer(clock, this.#nextMs());
  }

  /** @returns {Delta[]} */
  next() {
    this.#clock.countCall();
    this.#clock.check();
    this.#clock.waitUntil(this.#news.atMs);
    this.#write();
    this.#clock.check();
    const unread = this.#deltas.slice(this.#read, this.#written).map(({ delta }) => delta);
    this.#read = this.#written;
    this.#news.atMs = this.#nextMs();
    // The end may be a failure.
    if (unread.length === 0) super.wait();
    return unread;
  }

  /**
   * @override
   * @returns {ModelResponse}
   */
  wait() {
    this.#clock.waitUntil(this.overMs);
    this.#write();
    return super.wait();
  }

  /** @override */
  subscribe() {
    this.#clock.countCall();
    return this.#news;
  }

  /** @override */
  stop() {
    super.stop();
    this.#deltas = this.#deltas.filter(({ atMs }) => atMs <= this.overMs);
    this.#news.atMs = Math.min(this.#news.atMs, this.overMs);
  }

  /** When there is something to read, or the end. */
  #nextMs() {
    return this.#deltas[this.#read]?.atMs ?? this.overMs;
  }

  /** Shows the client what was written since the last time. */
  #write() {
    for (const { atMs, delta } of this.#deltas.slice(this.#written)) {
      if (atMs > this.#clock.nowMs) return;
      if (this.#relayed.includes(delta.type)) this.#events.push(/** @type {Event} */ ({ ...delta }));
      this.#written += 1;
    }
  }
}

/**
 * The text in pieces, each ending after a space.
 *
 * @param {string} text
 * @returns {string[]}
 */
function words(text) {
  return text.match(/[^ ]* |[^ ]+/g) ?? [];
}

/**
 * @param {NonNullable<FakeHostOptions["models"]>[string]} model
 * @returns {FakeModel}
 */
function whole(model) {
  return typeof model === "object" && !Array.isArray(model)
    ? /** @type {FakeModel} */ (model)
    : { run: /** @type {NonNullable<FakeModel["run"]>} */ (model) };
}

/**
 * What was asked, as it comes to a host.
 *
 * @param {RawRequest} raw
 * @returns {AskedModel}
 */
function recorded({ contents, tools, toolChoice, stop, relay, responseSchema, extra, ...rest }) {
  return {
    contents: contents.map(liftContent),
    tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters: decode(parameters) })),
    toolChoice: toolChoice.tag === "named" ? { name: toolChoice.val } : /** @type {"auto"} */ (toolChoice.tag),
    stop: [...stop],
    relay: /** @type {Relay} */ (relay),
    ...defined({ ...rest, responseSchema: liftedJson(responseSchema) }),
    ...(extra === undefined ? {} : { extra: JSON.parse(extra) }),
  };
}

/**
 * @param {string} name
 * @param {ModelAnswer | Failure} answer
 * @returns {Answered}
 */
function answered(name, answer) {
  if (answer instanceof Failure) return { parts: [], end: answer };
  if (answer instanceof ModelResponse) return response(answer);
  if (answer instanceof Content) return written(name, answer.parts);
  if (!Array.isArray(answer)) return written(name, [partOf(answer)]);
  const parts = answer.filter((one) => !(one instanceof Failure)).map(partOf);
  const cut = answer.at(-1);
  return cut instanceof Failure ? { parts, end: cut } : written(name, parts);
}

/**
 * @param {unknown} said
 * @returns {Part}
 */
function partOf(said) {
  if (typeof said === "string") return text(said);
  const type = typeof said === "object" && said !== null && "type" in said ? String(said.type) : "";
  return PARTS.includes(type) ? /** @type {Part} */ (said) : text(encode(said, "an answer of a model"));
}

/**
 * @param {string} name
 * @param {readonly Part[]} parts
 * @returns {Answered}
 */
function written(name, parts) {
  const finish = parts.some(({ type }) => type === "function-call") ? "function-calls" : "stop";
  return response(new ModelResponse({ model: name, content: new Content("model", parts), finish }));
}

/**
 * @param {ModelResponse} response
 * @returns {Answered}
 */
function response({ model, content, finish, usage, extra }) {
  const raw = lowerContent(content);
  // Anew for each who asks, as a host does.
  const end = () => new ModelResponse({ model, content: liftContent(raw), finish, usage, extra: extra && copy(extra, "`extra`") });
  return { parts: liftContent(raw).parts, end };
}

/**
 * @param {Part} part
 * @param {(text: string) => Iterable<string>} split
 * @returns {Delta[]}
 */
function deltasOf(part, split) {
  switch (part.type) {
    case "text":
      return Array.from(split(part.text), (piece) => ({ type: "text-delta", text: piece }));
    case "thought":
      return Array.from(split(part.text), (piece) => ({ type: "thought-delta", text: piece }));
    case "function-call":
      return [part];
    default:
      return [];
  }
}
