/**
 * The conversation so far, and the state kept with it.
 */

/** @import { Host } from "./host.js" */
/** @import { Json, JsonInput, Page } from "./types.js" */

/** What the contract lets one call read. */
const MAX_PAGE = 1000;

/**
 * The conversation so far, and the state kept with it: `cx.session`.
 *
 * A key begins with `app:` (all users of the agent), `user:` (all sessions of the user), `temp:` (this invocation), or
 * with none of these (this session). A change is stored with the next event that is stored, or with the outcome; what a
 * failed or cancelled run changed after its last stored event is forgotten.
 *
 * Every call throws a {@link Failure}: `cancelled` once the invocation is being cancelled, `denied` where the agent's
 * manifest does not grant it.
 */
export class Session {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * What was said before this invocation began: the newest entries, oldest first.
   *
   * @param {number} [limit] How many at most: 1 to 1000, and what lies outside is taken as the nearest of them.
   * @param {number} [before] Only entries whose `seq` is lower.
   * @returns {Page}
   */
  history(limit = 100, before) {
    const whole = Math.trunc(limit);
    if (Number.isNaN(whole)) throw new TypeError(`the number of entries is a number, not ${limit}`);
    return this.#host.history(before, Math.min(Math.max(1, whole), MAX_PAGE));
  }

  /**
   * The whole history, page by page: the newest page first, and in each page the oldest entry first.
   *
   * ```js
   * for (const page of cx.session.pages()) {
   *   for (const entry of page.entries) console.log(entry.author, entry.content.text);
   * }
   * ```
   *
   * @param {number} [limit] How many entries a page has at most: 1 to 1000.
   * @returns {Generator<Page, void, undefined>}
   */
  *pages(limit = 100) {
    /** @type {number | undefined} */
    let before;
    do {
      const page = this.history(limit, before);
      yield page;
      before = page.next;
    } while (before !== undefined);
  }

  /**
   * The value at `key`; `undefined` where there is none.
   *
   * The type argument is a promise of yours and nothing checks it: a client may write the state of a session too.
   *
   * @template {JsonInput} [T=Json]
   * @param {string} key
   * @returns {T | undefined}
   */
  get(key) {
    return /** @type {T | undefined} */ (this.#host.get(key));
  }

  /**
   * Sets the value at `key`. `null` removes it.
   *
   * @param {string} key
   * @param {JsonInput} value At most 1 MiB of JSON.
   * @throws {TypeError} Where JSON cannot say it.
   */
  set(key, value) {
    this.#host.set(key, value);
  }

  /**
   * Removes the value at `key`, if there is one.
   * @param {string} key
   */
  remove(key) {
    this.#host.remove(key);
  }

  /**
   * The keys that begin with `prefix`, sorted.
   * @param {string} [prefix] All keys of all scopes where it is left out.
   * @returns {string[]}
   */
  keys(prefix = "") {
    return this.#host.keys(prefix);
  }
}
