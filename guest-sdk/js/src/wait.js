/**
 * Waiting for several things at once.
 */

/** @import { Timer } from "./host.js" */

/**
 * Something that becomes ready: `cx.timer` makes one. Wait for several with `cx.waitAny`.
 */
export class Waitable {
  /** @type {Timer | undefined} */
  #timer;

  /** @param {Timer} timer */
  constructor(timer) {
    this.#timer = timer;
  }

  /**
   * What the host calls it.
   * @internal
   * @param {Waitable} waitable
   * @returns {Timer}
   */
  static timerOf(waitable) {
    if (!(waitable instanceof Waitable)) throw new TypeError("only what `cx.timer` returns can be waited for");
    return waitable.#there();
  }

  /** @returns {Timer} */
  #there() {
    if (!this.#timer) throw new TypeError("the timer was disposed of");
    return this.#timer;
  }

  /**
   * Whether it is ready.
   * @returns {boolean}
   */
  ready() {
    return this.#there().ready();
  }

  /** Returns when it is ready, or at once when the invocation is being cancelled. */
  block() {
    this.#there().block();
  }

  /** Forgets the timer, which nothing may use after that. The end of the run does the same. */
  dispose() {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}

/**
 * Whole milliseconds, rounded up so that a wait is never shorter than what was asked for. What is longer than the host
 * can count is as long as JavaScript can: 285 000 years.
 *
 * @param {number} ms
 * @returns {number}
 * @throws {TypeError} Where it is no number.
 */
export function millis(ms) {
  if (typeof ms !== "number" || Number.isNaN(ms)) throw new TypeError(`a time is a number of milliseconds, not ${ms}`);
  return Math.min(Math.max(0, Math.ceil(ms)), Number.MAX_SAFE_INTEGER);
}
