/**
 * A person in the loop.
 */

import { millis } from "./wait.js";

/** @import { Content } from "./content.js" */
/** @import { Host } from "./host.js" */
/** @import { Decision, Json, JsonInput, QuestionOptions } from "./types.js" */

/**
 * Asks people: `cx.people`. They may take weeks; a run that waits for them gives up its memory where it is durable.
 *
 * Every call throws a {@link Failure}: `cancelled` where the invocation is cancelled while it waits, `deadline-exceeded`
 * where its time is over. One that nobody answered in time says so with `isExpired()`.
 */
export class People {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Asks whether something may be done. A rejection is an answer, and throws nothing.
   *
   * ```js
   * const { approved, reason } = cx.people.approve("Send this mail?", mail, { expiresInMs: 3_600_000 });
   * ```
   *
   * The type argument is that of `edited`, a promise of yours that nothing checks: a person may change the details at will.
   *
   * @template {JsonInput} [T=Json]
   * @param {string} action What is to be done, for a person.
   * @param {JsonInput} [details] What a person needs to see to decide.
   * @param {QuestionOptions} [options]
   * @returns {Decision<T>}
   * @throws {TypeError} Where JSON cannot say the details.
   */
  approve(action, details = null, options) {
    return /** @type {Decision<T>} */ (this.#host.approve(action, details, expiry(options)));
  }

  /**
   * Asks a question.
   *
   * ```js
   * const size = cx.people.ask("Which size?", { enum: ["S", "M", "L"] });
   * ```
   *
   * The type argument is what the schema says: the host lets no other answer through.
   *
   * @template {JsonInput} [T=Json]
   * @param {string} question What is asked, for a person.
   * @param {JsonInput} schema JSON Schema of the answer.
   * @param {QuestionOptions} [options]
   * @returns {T}
   * @throws {TypeError} Where JSON cannot say the schema.
   */
  ask(question, schema, options) {
    return /** @type {T} */ (this.#host.ask(question, schema, expiry(options)));
  }

  /**
   * What the user says while the agent works, in the order in which it was sent. Waits for it.
   *
   * @param {number} [timeoutMs] Milliseconds after which the answer is `undefined`: at once for 0, never where it is left
   *   out.
   * @returns {Content | undefined}
   */
  nextMessage(timeoutMs) {
    return this.#host.nextMessage(timeoutMs === undefined ? undefined : millis(timeoutMs));
  }
}

/**
 * @param {QuestionOptions | undefined} options
 * @returns {number | undefined}
 */
function expiry({ expiresInMs } = {}) {
  return expiresInMs === undefined ? undefined : millis(expiresInMs);
}
