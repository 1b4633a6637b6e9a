/**
 * Points on the fake clock.
 */

/** @import { Clock } from "./clock.js" */

/** A point on the fake clock. */
export class FakeTimer {
  /** @type {Clock} */
  #clock;

  /**
   * @param {Clock} clock
   * @param {number} atMs
   */
  constructor(clock, atMs) {
    this.#clock = clock;
    /** @type {number} When it is due. */
    this.atMs = atMs;
  }

  isDue() {
    return this.#clock.nowMs >= this.atMs;
  }

  ready() {
    this.#clock.countCall();
    return this.isDue();
  }

  block() {
    this.#clock.countCall();
    this.#clock.waitUntil(this.atMs);
  }

  dispose() {}
}
