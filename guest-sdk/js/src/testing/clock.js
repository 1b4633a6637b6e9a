/**
 * The fake clock, and with it when a run is cancelled or too late.
 */

import { Failure } from "../failure.js";

/** @import { FakeHostOptions } from "./types.js" */

/**
 * When a run is to end. Times are milliseconds since it began.
 * @typedef {Pick<FakeHostOptions, "cancelAfterMs" | "cancelAfterCalls" | "deadlineMs">} Limits
 */

/** Time since the run began, in milliseconds. It moves only when somebody waits. */
export class Clock {
  #calls = 0;
  #nowMs = 0;
  /** @type {{ cancelAfterMs: number, cancelAfterCalls: number, deadlineMs: number }} */
  #limits;

  /** @param {Limits} limits */
  constructor({ cancelAfterMs = Infinity, cancelAfterCalls = Infinity, deadlineMs = Infinity }) {
    this.#limits = { cancelAfterMs, cancelAfterCalls, deadlineMs };
  }

  get nowMs() {
    return this.#nowMs;
  }

  /** Counts a call to the host. It is the call after the last allowed one that is the first to see the cancellation. */
  countCall() {
    this.#calls += 1;
  }

  /** @returns {boolean} */
  isCancelled() {
    return this.#calls > this.#limits.cancelAfterCalls || this.#nowMs >= this.#limits.cancelAfterMs;
  }

  /** Whether nothing but what is waited for ends a wait. */
  isEndless() {
    const { cancelAfterMs, deadlineMs } = this.#limits;
    return cancelAfterMs === Infinity && deadlineMs === Infinity;
  }

  /** @returns {number | undefined} */
  remainingMs() {
    const { deadlineMs } = this.#limits;
    return deadlineMs === Infinity ? undefined : Math.max(0, deadlineMs - this.#nowMs);
  }

  /**
   * What every call that can fail asks first, in the order in which the real host does.
   * @throws {Failure}
   */
  check() {
    if (this.isCancelled()) throw Failure.cancelled();
    if (this.#isLate()) throw Failure.deadlineExceeded();
  }

  /**
   * Waits until then, or until the run is cancelled or too late, whichever is first.
   * @param {number} atMs
   */
  waitUntil(atMs) {
    if (this.isCancelled() || this.#isLate()) return;
    this.#nowMs = Math.max(this.#nowMs, Math.min(atMs, this.#limits.cancelAfterMs, this.#limits.deadlineMs));
  }

  #isLate() {
    return this.#nowMs >= this.#limits.deadlineMs;
  }
}
