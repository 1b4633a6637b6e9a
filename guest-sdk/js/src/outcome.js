/**
 * How a run ends well.
 */

import { Content } from "./content.js";

/** @import { JsonInput, OutcomeOptions } from "./types.js" */

/**
 * How a run ends well: mostly with an answer. An agent that has only an answer returns that.
 *
 * ```js
 * return new Outcome({ content: "Let me hand you over.", transferTo: "billing" });
 * ```
 */
export class Outcome {
  /** @param {OutcomeOptions} [options] */
  constructor({ content, escalate = false, transferTo, extra } = {}) {
    /** @type {Content | undefined} The answer, where it was not emitted already. */
    this.content = typeof content === "string" ? Content.model(content) : content;
    /** @type {boolean} Tells a workflow above to stop. */
    this.escalate = escalate;
    /** @type {string | undefined} Hands the conversation to the agent of this name. */
    this.transferTo = transferTo;
    /** @type {JsonInput | undefined} Anything else the client and the agent agree on. */
    this.extra = extra;
  }

  /**
   * What an agent returned, as an outcome.
   *
   * @param {unknown} answer
   * @returns {Outcome}
   * @throws {TypeError} Where it is nothing that an agent may return.
   */
  static from(answer) {
    if (answer instanceof Outcome) return answer;
    if (answer === undefined || answer === null) return new Outcome();
    if (typeof answer === "string" || answer instanceof Content) return new Outcome({ content: answer });
    throw new TypeError(
      "an agent returns a string, a Content, an Outcome or nothing, " +
        `not a value of type ${typeof answer}; JSON.stringify makes a string of it`,
    );
  }
}
