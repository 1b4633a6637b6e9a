/**
 * What the operator reads.
 */

/** @import { Host } from "./host.js" */
/** @import { Fields, Level } from "./types.js" */

/**
 * Every level, from the least to the most important.
 * @type {readonly Level[]}
 */
export const LEVELS = Object.freeze(["trace", "debug", "info", "warning", "severe"]);

/**
 * Writes lines to the host's log, with the invocation's id beside them: `cx.log`.
 *
 * ```js
 * cx.log.info("page read", { url: "https://example.org", bytes: 1024 });
 * ```
 */
export class Log {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Writes a line.
   * @param {Level} level
   * @param {string} message
   * @param {Fields} [fields]
   * @throws {TypeError} Where there is no such level.
   */
  write(level, message, fields = {}) {
    if (!LEVELS.includes(level)) throw new TypeError(`\`${level}\` is not a level (there are: ${LEVELS.join(", ")})`);
    const pairs = Object.entries(fields).map(([name, value]) => /** @type {[string, string]} */ ([name, String(value)]));
    this.#host.log(level, String(message), pairs);
  }

  /**
   * Every step.
   * @param {string} message
   * @param {Fields} [fields]
   */
  trace(message, fields) {
    this.write("trace", message, fields);
  }

  /**
   * For whoever looks for a mistake.
   * @param {string} message
   * @param {Fields} [fields]
   */
  debug(message, fields) {
    this.write("debug", message, fields);
  }

  /**
   * Something worth knowing.
   * @param {string} message
   * @param {Fields} [fields]
   */
  info(message, fields) {
    this.write("info", message, fields);
  }

  /**
   * Something that is not as it should be.
   * @param {string} message
   * @param {Fields} [fields]
   */
  warning(message, fields) {
    this.write("warning", message, fields);
  }

  /**
   * Something that somebody has to look at.
   * @param {string} message
   * @param {Fields} [fields]
   */
  severe(message, fields) {
    this.write("severe", message, fields);
  }
}
