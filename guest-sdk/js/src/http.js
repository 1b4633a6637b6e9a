/**
 * HTTP to where the agent's manifest allows it.
 */

import { Failure } from "./failure.js";
import { encode } from "./json.js";
import { Started } from "./started.js";
import { millis } from "./wait.js";

/** @import { ExchangeWork, Host } from "./host.js" */
/** @import { HeadersInput, HttpOptions, Json, JsonInput } from "./types.js" */

/** How much of an answer is read at once where nobody says. */
const PIECE = 64 * 1024;

/** Headers, by their names in any case. Iterating over them gives pairs of a name in lower case and a value. */
export class HttpHeaders {
  /** @param {HeadersInput} [headers] */
  constructor(headers = {}) {
    const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
    /** @readonly @type {[name: string, value: string][]} All of them, in order. */
    this.pairs = pairs.map(([name, value]) => [String(name).toLowerCase(), String(value)]);
  }

  /**
   * The value of a header; several are joined by commas.
   * @param {string} name
   * @returns {string | undefined}
   */
  get(name) {
    const values = this.getAll(name);
    return values.length === 0 ? undefined : values.join(", ");
  }

  /**
   * The values of each header of this name.
   * @param {string} name
   * @returns {string[]}
   */
  getAll(name) {
    return this.pairs.filter(([known]) => known === name.toLowerCase()).map(([, value]) => value);
  }

  /**
   * @param {string} name
   * @returns {boolean}
   */
  has(name) {
    return this.getAll(name).length > 0;
  }

  /** @returns {ArrayIterator<[name: string, value: string]>} */
  [Symbol.iterator]() {
    return this.pairs[Symbol.iterator]();
  }
}

/** What is asked. */
export class HttpRequest {
  /**
   * @param {string} url `https://…`, or `http://…` where that is allowed.
   * @param {HttpOptions} [options]
   * @throws {TypeError} Where there is both a body and JSON.
   */
  constructor(url, { method = "GET", headers, body, json, credential, timeoutMs, redirect = "follow", extra } = {}) {
    if (body !== undefined && json !== undefined) throw new TypeError("a request has a `body` or `json`, not both");
    if (redirect !== "follow" && redirect !== "manual") throw new TypeError(`\`redirect\` is follow or manual, not \`${redirect}\``);
    /** @readonly @type {string} */
    this.url = url;
    /** @readonly @type {string} */
    this.method = method;
    /** @readonly @type {HttpHeaders} What is sent along. */
    this.headers = new HttpHeaders(headers);
    /** @readonly @type {Uint8Array} What is sent. */
    this.body = json === undefined ? bytesOf(body) : bytesOf(encode(json, "the body of a request"));
    /** @readonly @type {string | undefined} The name of a credential of the host's. */
    this.credential = credential;
    /** @readonly @type {number | undefined} How many milliseconds the answer may take until its end. */
    this.timeoutMs = timeoutMs === undefined ? undefined : millis(timeoutMs);
    /** @readonly @type {"follow" | "manual"} Whether the host goes where an answer leads. */
    this.redirect = redirect;
    /** @readonly @type {JsonInput | undefined} What a host may want to know beside that. */
    this.extra = extra;
    const type = json !== undefined ? "application/json" : typeof body === "string" ? "text/plain;charset=UTF-8" : undefined;
    if (type && !this.headers.has("content-type")) this.headers.pairs.push(["content-type", type]);
  }

  /**
   * The body as text.
   * @returns {string}
   */
  text() {
    return textOf(this.body);
  }

  /**
   * The body, parsed as JSON.
   *
   * @template {JsonInput} [T=Json]
   * @returns {T}
   * @throws {SyntaxError} Where it is no JSON.
   */
  json() {
    return JSON.parse(this.text());
  }
}

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
export class HttpHead {
  /** @param {Begun} begun */
  constructor({ status, url, headers, extra }) {
    /** @readonly @type {number} For example 200. */
    this.status = status;
    /** @readonly @type {string} Where it came from, after redirects. */
    this.url = url;
    /** @readonly @type {HttpHeaders} What was sent along. */
    this.headers = headers;
    /** @readonly @type {Json | undefined} Anything else the host says. */
    this.extra = extra;
  }

  /**
   * Whether the status says that it went well: 200 to 299.
   * @returns {boolean}
   */
  get ok() {
    return this.status >= 200 && this.status <= 299;
  }
}

/** A whole answer. */
export class HttpResponse extends HttpHead {
  /** @param {Begun & { body: Uint8Array }} answered */
  constructor({ body, ...begun }) {
    super(begun);
    /** @readonly @type {Uint8Array} What was sent. */
    this.body = body;
  }

  /**
   * The body as text, which is UTF-8.
   * @returns {string}
   */
  text() {
    return textOf(this.body);
  }

  /**
   * The body, parsed as JSON. The type argument is a promise of the sender's, and nothing checks it.
   *
   * @template {JsonInput} [T=Json]
   * @returns {T}
   * @throws {Failure} `failed` with the code `invalid_response` where it is no JSON.
   */
  json() {
    try {
      return JSON.parse(this.text());
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      throw Failure.failed(`the answer of ${this.url} is not JSON: ${reason}`, { code: "invalid_response" });
    }
  }
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
export class Exchange extends Started {
  /**
   * Waits for the beginning of the answer. Who asks again gets the same again.
   * @returns {HttpHead}
   */
  head() {
    return this.work.head();
  }

  /**
   * The next bytes, waiting for them.
   *
   * @param {number} [max] How many there are at most.
   * @returns {Uint8Array} Empty at the end.
   */
  read(max = PIECE) {
    return this.work.read(max);
  }

  /**
   * The body in pieces, as they come. Who stops, and iterates again, goes on with the next one.
   * @returns {Generator<Uint8Array, void, unknown>}
   */
  *[Symbol.iterator]() {
    for (let piece = this.read(); piece.length > 0; piece = this.read()) yield piece;
  }

  /**
   * The body as text, which is UTF-8, as it comes: no character is cut in two.
   * @returns {Generator<string, void, unknown>}
   */
  *texts() {
    let rest = new Uint8Array();
    for (const piece of this) {
      const bytes = joined([rest, piece]);
      const end = whole(bytes);
      rest = bytes.slice(end);
      if (end > 0) yield textOf(bytes.subarray(0, end));
    }
    if (rest.length > 0) yield textOf(rest);
  }

  /**
   * The body as lines of text, as they come, without what ends them: `\n` or `\r\n`.
   * @returns {Generator<string, void, unknown>}
   */
  *lines() {
    let rest = "";
    for (const text of this.texts()) {
      const lines = (rest + text).split("\n");
      rest = /** @type {string} */ (lines.pop());
      for (const line of lines) yield line.replace(/\r$/, "");
    }
    if (rest !== "") yield rest;
  }
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
export class Http {
  /** @type {Host} */
  #host;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

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
  fetch(url, options) {
    return this.#host.fetch(new HttpRequest(url, options));
  }

  /**
   * Asks, and gives the answer as it comes. Does not wait.
   *
   * @param {string} url
   * @param {HttpOptions} [options]
   * @returns {Exchange}
   */
  open(url, options) {
    return new Exchange(this.#host.openExchange(new HttpRequest(url, options)));
  }
}

/**
 * What is to be sent or kept, as bytes of its own.
 *
 * @param {string | Uint8Array | ArrayBuffer | undefined} data
 * @returns {Uint8Array}
 * @throws {TypeError} Where it is none of these.
 */
export function bytesOf(data = "") {
  if (typeof data === "string") return new TextEncoder().encode(data);
  if (data instanceof Uint8Array) return new Uint8Array(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  throw new TypeError(`a string, a Uint8Array or an ArrayBuffer is needed, not a value of type ${typeof data}`);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function textOf(bytes) {
  return new TextDecoder().decode(bytes);
}

/**
 * @param {readonly Uint8Array[]} pieces
 * @returns {Uint8Array}
 */
export function joined(pieces) {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * How many of the bytes are whole characters: all but the beginning of one at their end.
 *
 * @param {Uint8Array} bytes
 * @returns {number}
 */
function whole(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = /** @type {number} */ (bytes[bytes.length - back]);
    if (byte < 0x80) break;
    // What begins a character says how many bytes it has.
    if (byte >= 0xc0) return (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
