/**
 * Events, as the contract carries them.
 */

import { decode } from "../json.js";
import { liftContent, lowerContent, lowerCustom } from "./content.js";
import { lifted, option, string, whole } from "./scalars.js";

/** @import { Event, Progress } from "../types.js" */

/**
 * An event as the contract has it.
 * @typedef {{ tag: string, val: any }} RawEvent
 */

/**
 * @param {Event} event
 * @returns {RawEvent}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerEvent(event) {
  switch (event.type) {
    case "content":
      return { tag: "content", val: lowerContent(event.content) };
    case "progress":
      return { tag: "progress", val: lowerProgress(event) };
    case "custom":
      return { tag: "other", val: lowerCustom(event) };
    default:
      return { tag: event.type, val: string(event.text, `the text of a ${event.type}`) };
  }
}

/** @param {Progress} progress */
function lowerProgress({ message, done, total }) {
  return {
    message: string(message, "the message of a progress"),
    done: option(done, (value) => whole(value, "what is done of a progress")),
    total: option(total, (value) => whole(value, "the total of a progress")),
  };
}

/**
 * @param {RawEvent} raw
 * @returns {Event}
 */
export function liftEvent({ tag, val }) {
  switch (tag) {
    case "content":
      return { type: tag, content: liftContent(val) };
    case "text-delta":
    case "thought-delta":
      return { type: tag, text: val };
    case "progress":
      return { type: tag, message: val.message, ...liftAmounts(val) };
    default:
      return { type: "custom", name: val.name, value: decode(val.value) };
  }
}

/** @param {{ done?: unknown, total?: unknown }} raw */
function liftAmounts(raw) {
  const done = lifted(raw.done, Number);
  const total = lifted(raw.total, Number);
  return { ...(done === undefined ? {} : { done }), ...(total === undefined ? {} : { total }) };
}
