/**
 * The people of a test.
 */

import { Content } from "../content.js";
import { liftContent, lowerContent } from "../contract/content.js";
import { Failure } from "../failure.js";
import { copy } from "../json.js";

/** @import { Decision, Json } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { Asked, Reply } from "./types.js" */

/**
 * A reply, as it comes from a host.
 * @typedef {{ decision: Decision } | { answer: Json } | undefined} Scripted
 */

/** People who answer what the test says, one question after the other, and note down what they were asked. */
export class People {
  /** @type {Scripted[]} */
  #replies;
  /** @type {Content[]} */
  #messages;
  /** @type {Asked[]} */
  #asked = [];
  /** @type {Error | undefined} What the test does not say. */
  #missing;

  /**
   * @param {readonly Reply[]} replies
   * @param {readonly (Content | string)[]} messages
   */
  constructor(replies, messages) {
    this.#replies = replies.map(scripted);
    this.#messages = messages.map((said) =>
      liftContent(lowerContent(typeof said === "string" ? Content.user(said) : said)),
    );
  }

  /**
   * What they were asked.
   *
   * @returns {Asked[]}
   * @throws {Error} Where the test did not say what they answer, which an agent that catches everything would hide.
   */
  finish() {
    if (this.#missing) throw this.#missing;
    return this.#asked;
  }

  /**
   * @param {Extract<Asked, { type: "approve" }>} asked
   * @param {Clock} clock
   * @returns {Decision}
   */
  decide(asked, clock) {
    const reply = this.#reply(asked, clock);
    if ("decision" in reply) return reply.decision;
    throw this.#fail(`the agent wants \`${asked.action}\` approved, where \`people\` has the answer to a question`);
  }

  /**
   * @param {Extract<Asked, { type: "ask" }>} asked
   * @param {Clock} clock
   * @returns {Json}
   */
  answer(asked, clock) {
    const reply = this.#reply(asked, clock);
    if ("answer" in reply) return reply.answer;
    throw this.#fail(`the agent asks \`${asked.question}\`, where \`people\` has a decision`);
  }

  /**
   * What somebody decides on what the host asks for the agent. The agent need not wait for it, so neither does this.
   *
   * @param {string} action
   * @param {Json} details
   * @param {number} expiresInMs
   * @returns {Decision | undefined} Nothing where nobody decides.
   */
  approves(action, details, expiresInMs) {
    this.#asked.push({ type: "approve", action, details, expiresInMs });
    const reply = this.#replies.shift();
    if (reply && "answer" in reply) {
      throw this.#fail(`\`${action}\` is to be approved, where \`people\` has the answer to a question`);
    }
    return reply?.decision;
  }

  /**
   * @param {number | undefined} timeoutMs
   * @param {Clock} clock
   * @returns {Content | undefined}
   */
  nextMessage(timeoutMs, clock) {
    const said = this.#messages.shift();
    if (!said) this.#wait(timeoutMs, clock, "the agent waits without end for a message: say in `messages` what the user says");
    return said;
  }

  /**
   * @param {Asked} asked
   * @param {Clock} clock
   * @returns {NonNullable<Scripted>}
   * @throws {Failure} Where nobody answers.
   */
  #reply(asked, clock) {
    this.#asked.push(asked);
    const reply = this.#replies.shift();
    if (reply) return reply;
    const what = asked.type === "approve" ? asked.action : asked.question;
    this.#wait(asked.expiresInMs, clock, `nobody answers \`${what}\`, which does not expire: say in \`people\` what somebody does`);
    throw new Failure("deadline-exceeded", "nobody answered in time", { code: "expired" });
  }

  /**
   * Waits for what does not come.
   *
   * @param {number | undefined} ms
   * @param {Clock} clock
   * @param {string} problem What is wrong where that would last forever.
   * @throws {Failure} Where the run ends before that.
   */
  #wait(ms, clock, problem) {
    if (ms === undefined && clock.isEndless()) throw this.#fail(problem);
    clock.waitUntil(ms === undefined ? Infinity : clock.nowMs + ms);
    clock.check();
  }

  /**
   * @param {string} problem
   * @returns {Error}
   */
  #fail(problem) {
    this.#missing ??= new Error(problem);
    return this.#missing;
  }
}

/**
 * @param {Reply} reply
 * @returns {Scripted}
 * @throws {TypeError} Where it is no reply.
 */
function scripted(reply) {
  if (reply === null) return undefined;
  if ("answer" in reply) return { answer: copy(reply.answer, "an answer") };
  if (typeof reply.approved !== "boolean") throw new TypeError("a reply has `approved` or `answer`, or is null");
  const { approved, by, reason, edited } = reply;
  const changed = edited === undefined ? undefined : copy(edited, "what a person edited");
  return { decision: { approved, by, reason, edited: changed } };
}
