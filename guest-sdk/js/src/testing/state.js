/**
 * The session's state, with what is stored and what is only changed kept apart.
 */

import { copy } from "../json.js";

/** @import { Json } from "../types.js" */

/** The prefix of the keys that no later invocation sees. */
const TEMP = "temp:";

/** State as the contract has it: a change is seen at once and stored later. */
export class State {
  /** What the agent sees. @type {Map<string, Json>} */
  #seen = new Map();
  /** What a later invocation would see. @type {Map<string, Json>} */
  #stored;
  /** What is stored of this run's changes; `null` where a key was removed. @type {Map<string, Json>} */
  #changes = new Map();
  /** What is not stored yet. @type {Map<string, Json>} */
  #pending = new Map();

  /** @param {{ [key: string]: unknown }} preset */
  constructor(preset) {
    for (const [key, value] of Object.entries(preset)) apply(this.#seen, key, copy(value, `the state at \`${key}\``));
    this.#stored = new Map(this.#seen);
  }

  /**
   * @param {string} key
   * @returns {Json | undefined}
   */
  get(key) {
    const value = this.#seen.get(key);
    return value === undefined ? undefined : copy(value, key);
  }

  /**
   * @param {string} prefix
   * @returns {string[]}
   */
  keys(prefix) {
    return [...this.#seen.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /**
   * Sets a value; `null` removes it.
   * @param {string} key
   * @param {Json} value
   */
  put(key, value) {
    apply(this.#seen, key, value);
    if (!key.startsWith(TEMP)) this.#pending.set(key, value);
  }

  /** Stores what was changed so far. */
  store() {
    for (const [key, value] of this.#pending) {
      apply(this.#stored, key, value);
      this.#changes.set(key, value);
    }
    this.#pending.clear();
  }

  /** What is stored, and what of it this run changed. */
  stored() {
    return { state: sorted(this.#stored), changes: sorted(this.#changes) };
  }
}

/**
 * @param {Map<string, Json>} state
 * @param {string} key
 * @param {Json} value
 */
function apply(state, key, value) {
  if (value === null) state.delete(key);
  else state.set(key, value);
}

/**
 * @param {Map<string, Json>} values
 * @returns {{ [key: string]: Json }}
 */
function sorted(values) {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}
