/**
 * The conversation so far, and the state kept with it.
 */
import type { Host } from "./host.js";
import type { Json, JsonInput, Page } from "./types.js";
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
export declare class Session {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * What was said before this invocation began: the newest entries, oldest first.
     *
     * @param {number} [limit] How many at most: 1 to 1000, and what lies outside is taken as the nearest of them.
     * @param {number} [before] Only entries whose `seq` is lower.
     * @returns {Page}
     */
    history(limit?: number, before?: number): Page;
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
    pages(limit?: number): Generator<Page, void, undefined>;
    /**
     * The value at `key`; `undefined` where there is none.
     *
     * The type argument is a promise of yours and nothing checks it: a client may write the state of a session too.
     *
     * @template {JsonInput} [T=Json]
     * @param {string} key
     * @returns {T | undefined}
     */
    get<T extends JsonInput = Json>(key: string): T | undefined;
    /**
     * Sets the value at `key`. `null` removes it.
     *
     * @param {string} key
     * @param {JsonInput} value At most 1 MiB of JSON.
     * @throws {TypeError} Where JSON cannot say it.
     */
    set(key: string, value: JsonInput): void;
    /**
     * Removes the value at `key`, if there is one.
     * @param {string} key
     */
    remove(key: string): void;
    /**
     * The keys that begin with `prefix`, sorted.
     * @param {string} [prefix] All keys of all scopes where it is left out.
     * @returns {string[]}
     */
    keys(prefix?: string): string[];
}
