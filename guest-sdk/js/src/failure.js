/**
 * How a run ends badly, and how a host call is refused.
 */

/** @import { FailureKind, FailureOptions, JsonInput } from "./types.js" */

/**
 * Every kind, in the order of the contract.
 * @type {readonly FailureKind[]}
 */
export const FAILURE_KINDS = Object.freeze([
  "cancelled",
  "deadline-exceeded",
  "denied",
  "not-found",
  "invalid-argument",
  "conflict",
  "limit-exceeded",
  "rate-limited",
  "unavailable",
  "unsupported",
  "failed",
]);

/**
 * Why something failed. Throw it; calls to the host throw it too. The client reads the kind and the message, so the
 * message is written for them.
 *
 * ```js
 * throw Failure.invalidArgument("send a number, for example 5");
 * ```
 *
 * Anything else that an agent throws reaches the client as a failure of the kind `failed` with the code `exception`.
 */
export class Failure extends Error {
  /**
   * @param {FailureKind} kind
   * @param {string} message
   * @param {FailureOptions} [options]
   * @throws {TypeError} Where there is no such kind.
   */
  constructor(kind, message, options = {}) {
    if (!FAILURE_KINDS.includes(kind)) throw new TypeError(`\`${kind}\` is not a kind of failure`);
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "Failure";
    /** @type {FailureKind} What sort of failure it is. */
    this.kind = kind;
    /** @type {string | undefined} A finer, stable word of the agent's own. */
    this.code = options.code;
    /** @type {number | undefined} After how many milliseconds trying again makes sense. */
    this.retryAfterMs = options.retryAfterMs;
    /** @type {JsonInput | undefined} More for a program, in the agent's own shape. */
    this.details = options.details;
  }

  /**
   * The invocation is being cancelled: what an agent throws once it noticed.
   * @returns {Failure}
   */
  static cancelled() {
    return new Failure("cancelled", "the invocation was cancelled");
  }

  /**
   * There was not enough time.
   * @returns {Failure}
   */
  static deadlineExceeded() {
    return new Failure("deadline-exceeded", "the deadline has passed");
  }

  /**
   * Something the agent may not do.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static denied(message, options) {
    return new Failure("denied", message, options);
  }

  /**
   * Something that is not there.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static notFound(message, options) {
    return new Failure("not-found", message, options);
  }

  /**
   * The input is wrong; say what to send instead.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static invalidArgument(message, options) {
    return new Failure("invalid-argument", message, options);
  }

  /**
   * Something that was changed by another.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static conflict(message, options) {
    return new Failure("conflict", message, options);
  }

  /**
   * A quota is used up.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static limitExceeded(message, options) {
    return new Failure("limit-exceeded", message, options);
  }

  /**
   * Too much in too short a time.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static rateLimited(message, options) {
    return new Failure("rate-limited", message, options);
  }

  /**
   * Something that is down now and may be back later.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static unavailable(message, options) {
    return new Failure("unavailable", message, options);
  }

  /**
   * Something that this agent or host cannot do.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static unsupported(message, options) {
    return new Failure("unsupported", message, options);
  }

  /**
   * Anything else.
   * @param {string} message
   * @param {FailureOptions} [options]
   */
  static failed(message, options) {
    return new Failure("failed", message, options);
  }

  /**
   * Whether nobody answered a question to a person in time.
   * @returns {boolean}
   */
  isExpired() {
    return this.kind === "deadline-exceeded" && this.code === "expired";
  }

  /**
   * Whether the host ended while a model wrote, or during an answer of HTTP: the rest is lost, and may be asked for again.
   * @returns {boolean}
   */
  isInterrupted() {
    return this.kind === "unavailable" && this.code === "interrupted";
  }

  /**
   * Whatever was thrown, as a failure. A failure stays what it is; anything else becomes one of the kind `failed` with
   * the code `exception`, its text and that of its causes in the message, and its stack in the details.
   *
   * @param {unknown} thrown
   * @returns {Failure}
   */
  static from(thrown) {
    if (thrown instanceof Failure) return thrown;
    const stack = thrown instanceof Error ? thrown.stack?.trimEnd() : undefined;
    return Failure.failed(withCauses(thrown), {
      code: "exception",
      cause: thrown,
      ...(stack ? { details: { stack } } : {}),
    });
  }
}

/** How many causes of an error are told: enough for any real chain, and an end for one that is a circle. */
const MAX_CAUSES = 8;

/**
 * What was thrown and what caused it, as one line.
 *
 * @param {unknown} thrown
 * @returns {string}
 */
function withCauses(thrown) {
  let message = describe(thrown);
  let error = thrown;
  for (let depth = 0; depth < MAX_CAUSES && error instanceof Error && error.cause !== undefined; depth += 1) {
    error = error.cause;
    const cause = describe(error);
    // Some errors repeat their cause in their own text.
    if (!message.endsWith(cause)) message += `: ${cause}`;
  }
  return message;
}

/**
 * A value may have a `toString` that throws, or none at all.
 *
 * @param {unknown} thrown
 * @returns {string}
 */
function describe(thrown) {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
