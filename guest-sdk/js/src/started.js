/**
 * What goes on beside the agent, once it was started.
 */

import { Waitable } from "./wait.js";

/** @import { Ongoing } from "./host.js" */

/**
 * Something that goes on beside the agent. What becomes ready is its end.
 *
 * @template {Ongoing} W
 */
export class Started extends Waitable {
  /** @type {W | undefined} */
  #work;

  /** @param {W} work */
  constructor(work) {
    // The host is asked for something to wait for only where somebody waits.
    super(() => work.subscribe());
    this.#work = work;
  }

  /**
   * What the host calls it.
   * @protected
   * @returns {W}
   */
  get work() {
    if (!this.#work) throw new TypeError("it was disposed of");
    return this.#work;
  }

  /** Stops it. Does nothing where it is over. */
  cancel() {
    this.work.cancel();
  }

  /**
   * Gives it up, which stops it unless it is over or detached. Nothing may use it after that. The end of the run does the
   * same, and so may the engine with what nothing refers to any more: keep what is to go on.
   * @override
   */
  dispose() {
    // What is waited for belongs to the work, so it goes first.
    super.dispose();
    this.#work?.dispose();
    this.#work = undefined;
  }
}
