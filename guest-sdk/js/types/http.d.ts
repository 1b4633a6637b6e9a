/**
 * HTTP to where the agent's manifest allows it.
 */
import { Started } from "./started.js";
import type { ExchangeWork, Host } from "./host.js";
import type { HeadersInput, HttpOptions, Json, JsonInput } from "./types.js";
/** Headers, by their names in any case. Iterating over them gives pairs of a name in lower case and a value. */
export declare class HttpHeaders {
    /** @readonly @type {[name: string, value: string][]} All of them, in order. */
    pairs: [name: string, value: string][];
    /** @param {HeadersInput} [headers] */
    constructor(headers?: HeadersInput);
    /**
     * The value of a header; several are joined by commas.
     * @param {string} name
     * @returns {string | undefined}
     */
    get(name: string): string | undefined;
    /**
     * The values of each header of this name.
     * @param {string} name
     * @returns {string[]}
     */
    getAll(name: string): string[];
    /**
     * @param {string} name
     * @returns {boolean}
     */
    has(name: string): boolean;
    /** @returns {ArrayIterator<[name: string, value: string]>} */
    [Symbol.iterator](): ArrayIterator<[name: string, value: string]>;
}
/** What is asked. */
export declare class HttpRequest {
    /** @readonly @type {string} */
    url: string;
    /** @readonly @type {string} */
    method: string;
    /** @readonly @type {HttpHeaders} What is sent along. */
    headers: HttpHeaders;
    /** @readonly @type {Uint8Array} What is sent. */
    body: Uint8Array;
    /** @readonly @type {string | undefined} The name of a credential of the host's. */
    credential: string | undefined;
    /** @readonly @type {number | undefined} How many milliseconds the answer may take until its end. */
    timeoutMs: number | undefined;
    /** @readonly @type {"follow" | "manual"} Whether the host goes where an answer leads. */
    redirect: "follow" | "manual";
    /** @readonly @type {JsonInput | undefined} What a host may want to know beside that. */
    extra: JsonInput | undefined;
    /**
     * @param {string} url `https://…`, or `http://…` where that is allowed.
     * @param {HttpOptions} [options]
     * @throws {TypeError} Where there is both a body and JSON.
     */
    constructor(url: string, { method, headers, body, json, credential, timeoutMs, redirect, extra }?: HttpOptions);
    /**
     * The body as text.
     * @returns {string}
     */
    text(): string;
    /**
     * The body, parsed as JSON.
     *
     * @template {JsonInput} [T=Json]
     * @returns {T}
     * @throws {SyntaxError} Where it is no JSON.
     */
    json<T extends JsonInput = Json>(): T;
}
export type Begun = {
    status: number;
    url: string;
    headers: HttpHeaders;
    extra?: Json | undefined;
};
/**
 * What the beginning of an answer is made of.
 *
 * @typedef {object} Begun
 * @property {number} status
 * @property {string} url
 * @property {HttpHeaders} headers
 * @property {Json | undefined} [extra]
 */
/** The beginning of an answer. */
export declare class HttpHead {
    /** @readonly @type {number} For example 200. */
    status: number;
    /** @readonly @type {string} Where it came from, after redirects. */
    url: string;
    /** @readonly @type {HttpHeaders} What was sent along. */
    headers: HttpHeaders;
    /** @readonly @type {Json | undefined} Anything else the host says. */
    extra: Json | undefined;
    /** @param {Begun} begun */
    constructor({ status, url, headers, extra }: Begun);
    /**
     * Whether the status says that it went well: 200 to 299.
     * @returns {boolean}
     */
    get ok(): boolean;
}
/** A whole answer. */
export declare class HttpResponse extends HttpHead {
    /** @readonly @type {Uint8Array} What was sent. */
    body: Uint8Array;
    /** @param {Begun & { body: Uint8Array }} answered */
    constructor({ body, ...begun }: Begun & {
        body: Uint8Array;
    });
    /**
     * The body as text, which is UTF-8.
     * @returns {string}
     */
    text(): string;
    /**
     * The body, parsed as JSON. The type argument is a promise of the sender's, and nothing checks it.
     *
     * @template {JsonInput} [T=Json]
     * @returns {T}
     * @throws {Failure} `failed` with the code `invalid_response` where it is no JSON.
     */
    json<T extends JsonInput = Json>(): T;
}
/**
 * An answer that comes: `cx.http.open` makes it. Iterating over it gives the bytes of its body as they come, `texts` its text, and
 * `lines` its lines:
 *
 * ```js
 * const exchange = cx.http.open("https://example.com/feed");
 * if (!exchange.head().ok) throw Failure.unavailable("there is no feed today");
 * for (const line of exchange.lines()) yield line;
 * ```
 *
 * It can be waited for with timers and others: it is ready when there is more of the answer than was read: its head, bytes, or the
 * end.
 *
 * @extends {Started<ExchangeWork>}
 */
export declare class Exchange extends Started<ExchangeWork> {
    /**
     * Waits for the beginning of the answer. Who asks again gets the same again.
     * @returns {HttpHead}
     */
    head(): HttpHead;
    /**
     * The next bytes, waiting for them.
     *
     * @param {number} [max] How many there are at most.
     * @returns {Uint8Array} Empty at the end.
     */
    read(max?: number): Uint8Array;
    /**
     * The body in pieces, as they come. Who stops, and iterates again, goes on with the next one.
     * @returns {Generator<Uint8Array, void, unknown>}
     */
    [Symbol.iterator](): Generator<Uint8Array, void, unknown>;
    /**
     * The body as text, which is UTF-8, as it comes: no character is cut in two.
     * @returns {Generator<string, void, unknown>}
     */
    texts(): Generator<string, void, unknown>;
    /**
     * The body as lines of text, as they come, without what ends them: `\n` or `\r\n`.
     * @returns {Generator<string, void, unknown>}
     */
    lines(): Generator<string, void, unknown>;
}
/**
 * HTTP: `cx.http`. The agent's manifest says where it may go, and which of the host's credentials it may use.
 *
 * An answer with a status of 400 and more is an answer. Every call throws a {@link Failure}, among others `denied` where the place
 * or the credential is not allowed; `unavailable` where nobody is there or the connection was cut off, which `isInterrupted()` where
 * the host ended during the answer; `deadline-exceeded`; `limit-exceeded` where the answer is too large; and `conflict` with the code
 * `unknown_outcome` where nobody knows whether a request arrived that may not be made twice: a `POST`, for example, without a header
 * `Idempotency-Key`.
 */
export declare class Http {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * Asks, and waits for the whole answer.
     *
     * ```js
     * const response = cx.http.fetch("https://api.example.com/items", { method: "POST", json: { name: "tea" } });
     * if (response.ok) return response.json().id;
     * ```
     *
     * @param {string} url
     * @param {HttpOptions} [options]
     * @returns {HttpResponse}
     */
    fetch(url: string, options?: HttpOptions): HttpResponse;
    /**
     * Asks, and gives the answer as it comes. Does not wait.
     *
     * @param {string} url
     * @param {HttpOptions} [options]
     * @returns {Exchange}
     */
    open(url: string, options?: HttpOptions): Exchange;
}
/**
 * What is to be sent or kept, as bytes of its own.
 *
 * @param {string | Uint8Array | ArrayBuffer | undefined} data
 * @returns {Uint8Array}
 * @throws {TypeError} Where it is none of these.
 */
export declare function bytesOf(data?: string | Uint8Array | ArrayBuffer | undefined): Uint8Array;
/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export declare function textOf(bytes: Uint8Array): string;
/**
 * @param {readonly Uint8Array[]} pieces
 * @returns {Uint8Array}
 */
export declare function joined(pieces: readonly Uint8Array[]): Uint8Array;
