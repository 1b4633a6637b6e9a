/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Waiting for several things at once.
 */

/** @import { Timer } from "./host.js" */

/**
 * Something that becomes ready: `cx.timer` makes one; a `Child`, a `Running`, a `Completion` and an `Exchange` are such
 * things too. Wait for several with `cx.waitAny`.
 */
export class Waitable {
  /** @type {Timer | (() => Timer) | undefined} */
  #timer;

  /** @param {Timer | (() => Timer)} timer A function makes one where somebody waits for it. */
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
    if (!(waitable instanceof Waitable)) throw new TypeError("only what `cx.timer` and the like return can be waited for");
    return waitable.#there();
  }

  /** @returns {Timer} */
  #there() {
    if (!this.#timer) throw new TypeError("it was disposed of");
    if (typeof this.#timer === "function") this.#timer = this.#timer();
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
    if (typeof this.#timer === "object") this.#timer.dispose();
    this.#timer = undefined;
  }

  /** The same at the end of the block, where it was declared with `using`. */
  [Symbol.dispose]() {
    this.dispose();
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
