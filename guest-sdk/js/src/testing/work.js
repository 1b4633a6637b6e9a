/**
 * What goes on beside a run under test.
 */

import { Failure } from "../failure.js";
import { FakeTimer } from "./timer.js";

/** @import { Clock } from "./clock.js" */

/**
 * How something ends: with what a function makes, anew for each who asks, or with a failure.
 *
 * @template R
 * @typedef {{ afterMs: number, end: (() => R) | Failure }} Ending
 */

/**
 * Something that is over at a time of the fake clock, with an end that is known from the beginning.
 *
 * @template R
 */
export class FakeWork {
  /** @type {Clock} */
  #clock;
  /** @type {FakeTimer} */
  #over;
  /** @type {(() => R) | Failure} */
  #end;
  /** @type {Failure} */
  #stopped;
  /** @type {{ cancelled: boolean }} */
  #called;

  /**
   * @param {Clock} clock
   * @param {Ending<R>} ending
   * @param {Failure} stopped How it ends where it is stopped before.
   * @param {{ cancelled: boolean }} called What the test reads of it.
   */
  constructor(clock, { afterMs, end }, stopped, called) {
    this.#clock = clock;
    this.#over = new FakeTimer(clock, clock.nowMs + afterMs);
    this.#end = end;
    this.#stopped = stopped;
    this.#called = called;
  }

  /**
   * When it is over, on the fake clock.
   * @protected
   */
  get overMs() {
    return this.#over.atMs;
  }

  finish() {
    this.#clock.countCall();
    this.#clock.check();
    return this.wait();
  }

  /**
   * Its end, as `finish` has it, for who has counted the call.
   * @returns {R}
   */
  wait() {
    this.#clock.waitUntil(this.#over.atMs);
    this.#clock.check();
    if (this.#end instanceof Failure) throw this.#end;
    return this.#end();
  }

  cancel() {
    this.#clock.countCall();
    this.stop();
  }

  subscribe() {
    this.#clock.countCall();
    return this.#over;
  }

  dispose() {
    this.stop();
  }

  /** It is over now, if it was not before. */
  stop() {
    if (this.#over.isDue()) return;
    this.#over.atMs = this.#clock.nowMs;
    this.#end = this.#stopped;
    this.#called.cancelled = true;
  }
}

/**
 * What a function of a test answers, or the failure that it throws.
 *
 * @template T
 * @param {() => T} run
 * @returns {T | Failure}
 */
export function attempt(run) {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

/**
 * @param {string} what
 * @param {string} name
 * @param {Iterable<string>} names What there is.
 * @returns {Failure}
 */
export function notFound(what, name, names) {
  return Failure.notFound(`no ${what} is called \`${name}\`; the test has ${[...names].join(", ") || "none"}`);
}

/**
 * What there is of an object.
 *
 * @template {object} T
 * @param {T} object
 * @returns {{ [K in keyof T]?: NonNullable<T[K]> }}
 */
export function defined(object) {
  return /** @type {any} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}
