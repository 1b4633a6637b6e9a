/**
 * What the client sees, in order.
 */

import { Content, custom } from "./content.js";

/** @import { Host } from "./host.js" */
/** @import { Emittable, Event, JsonInput, Progress, TextDelta, ThoughtDelta } from "./types.js" */

/**
 * Text still being written. The same as the string alone.
 * @param {string} text
 * @returns {TextDelta}
 */
export function textDelta(text) {
  return { type: "text-delta", text };
}

/**
 * A thought still being thought.
 * @param {string} text
 * @returns {ThoughtDelta}
 */
export function thoughtDelta(text) {
  return { type: "thought-delta", text };
}

/**
 * How far the work is.
 *
 * @param {string} message What is being done, for a person.
 * @param {number} [done] How much of it is done, in the agent's own unit: a whole number.
 * @param {number} [total] How much there is, in the same unit: a whole number.
 * @returns {Progress}
 */
export function progress(message, done, total) {
  return {
    type: "progress",
    message,
    ...(done === undefined ? {} : { done }),
    ...(total === undefined ? {} : { total }),
  };
}

/**
 * Whether an event is stored, and with it the state changed so far.
 * @param {Event} event
 * @returns {boolean}
 */
export function isStored(event) {
  return event.type === "content" || event.type === "custom";
}

/** @type {readonly string[]} */
const TYPES = ["text-delta", "thought-delta", "progress", "content", "custom"];

/**
 * @param {unknown} value
 * @returns {Event}
 * @throws {TypeError} Where it is nothing that can be emitted.
 */
function toEvent(value) {
  if (typeof value === "string") return textDelta(value);
  if (value instanceof Content) return { type: "content", content: value };
  const type = typeof value === "object" && value !== null && "type" in value ? String(value.type) : undefined;
  if (type !== undefined && TYPES.includes(type)) return /** @type {Event} */ (value);
  const what = type === undefined ? `a value of type ${typeof value}` : `something of the type \`${type}\``;
  throw new TypeError(`an agent emits strings, contents and events (${TYPES.join(", ")}), not ${what}`);
}

/**
 * Sends events to the client: `cx.events`. An agent that is a generator yields the same things.
 *
 * Every call throws a {@link Failure}: `cancelled` once the invocation is being cancelled, another where a limit is
 * reached. Letting it pass is the right answer to both.
 */
export class Events {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Sends one, or all of a list or none of it.
   *
   * @param {Emittable | readonly Emittable[]} events
   * @returns {number} The sequence number of this invocation's newest stored event; 0 where there is none.
   */
  emit(events) {
    const list = Array.isArray(events) ? events : [events];
    return this.#host.emit(list.map(toEvent));
  }

  /**
   * Text still being written. A client shows it at once; the finished content follows.
   * @param {string} text
   */
  textDelta(text) {
    this.emit(textDelta(text));
  }

  /**
   * A thought still being thought.
   * @param {string} text
   */
  thoughtDelta(text) {
    this.emit(thoughtDelta(text));
  }

  /**
   * A finished piece of the conversation.
   * @param {Content} content
   * @returns {number} Its sequence number.
   */
  content(content) {
    return this.emit({ type: "content", content });
  }

  /**
   * How far the work is.
   * @param {string} message What is being done, for a person.
   * @param {number} [done] How much of it is done, in the agent's own unit: a whole number.
   * @param {number} [total] How much there is, in the same unit: a whole number.
   */
  progress(message, done, total) {
    this.emit(progress(message, done, total));
  }

  /**
   * Anything the client and the agent agree on.
   * @param {string} name What the value means.
   * @param {JsonInput} value
   * @returns {number} Its sequence number.
   */
  custom(name, value) {
    return this.emit(custom(name, value));
  }
}
