/**
 * The web of a test.
 */

import { liftHttpResponse, lowerHttpRequest } from "../contract/http.js";
import { liftedJson } from "../contract/scalars.js";
import { Failure } from "../failure.js";
import { HttpHead, HttpHeaders, HttpRequest, HttpResponse, bytesOf, joined } from "../http.js";
import { encode } from "../json.js";
import { millis } from "../wait.js";
import { FakeTimer } from "./timer.js";
import { FakeWork, attempt, defined } from "./work.js";

/** @import { RawHttpRequest } from "../contract/http.js" */
/** @import { HeadersInput, JsonInput } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { CalledHttp, FakeHostOptions, FakeResponseOptions, HttpAnswer } from "./types.js" */

/** An answer of a test, where there is more to say of it than its body. */
export class FakeResponse {
  /**
   * @param {string | Uint8Array | JsonInput} [body] A string, bytes, or an object of which it is the JSON. Where the headers say no
   *   type, this does.
   * @param {FakeResponseOptions} [options]
   */
  constructor(body, { status = 200, headers, pieces, takesMs = 0, url } = {}) {
    /** @readonly @type {number} */
    this.status = status;
    /** @readonly @type {readonly unknown[]} What comes, one after the other. */
    this.pieces = pieces ?? (body === undefined ? [] : [body]);
    /** @readonly @type {HttpHeaders} */
    this.headers = new HttpHeaders(headers);
    const [first] = this.pieces;
    if (first !== undefined && !this.headers.has("content-type")) this.headers.pairs.push(["content-type", typeOf(first)]);
    /** @readonly @type {number} */
    this.takesMs = takesMs;
    /** @readonly @type {string | undefined} */
    this.url = url;
  }
}

/** A web that answers what the test says, and notes down what it was asked. */
export class Web {
  /** @type {NonNullable<FakeHostOptions["http"]>} */
  #answers;
  /** @type {FakeExchange[]} */
  #opened = [];
  /** @type {CalledHttp[]} */
  #calls = [];

  /** @param {NonNullable<FakeHostOptions["http"]>} answers */
  constructor(answers) {
    this.#answers = answers;
  }

  /**
   * Asks.
   *
   * @param {HttpRequest} request
   * @param {Clock} clock
   * @returns {FakeExchange}
   * @throws {Failure} Where the run is to end, or the test has no answer: that is where the agent may not go.
   */
  open(request, clock) {
    const raw = lowerHttpRequest(request);
    clock.check();
    /** @type {CalledHttp} */
    const called = { request: recorded(raw), cancelled: false };
    this.#calls.push(called);
    const exchange = new FakeExchange(clock, this.#answer(recorded(raw)), called);
    this.#opened.push(exchange);
    return exchange;
  }

  /**
   * The run is over, and with it what still comes.
   * @returns {CalledHttp[]} What was asked.
   */
  finish() {
    for (const exchange of this.#opened) exchange.dispose();
    return this.#calls;
  }

  /**
   * @param {HttpRequest} request
   * @returns {FakeResponse | Failure}
   */
  #answer(request) {
    const asked = `${request.method} ${request.url}`;
    const places = Object.keys(this.#answers);
    const place = places.find((place) => isAt(place, request.url) || isAt(place, asked));
    if (place === undefined) throw Failure.denied(`${asked} is not allowed; the test has ${places.join(", ") || "none"}`);
    const answer = this.#answers[place];
    const said = typeof answer === "function" ? attempt(() => answer(request)) : answer;
    return said instanceof FakeResponse || said instanceof Failure ? said : new FakeResponse(said);
  }
}

/**
 * An answer that comes.
 * @extends {FakeWork<HttpResponse>}
 */
export class FakeExchange extends FakeWork {
  /** @type {Clock} */
  #clock;
  /** The beginning, where it came. @type {HttpHead | undefined} */
  #head;
  /** @type {number} */
  #headMs;
  /** What was not read yet, and when it comes. @type {{ atMs: number, bytes: Uint8Array }[]} */
  #pieces;
  /** @type {FakeTimer} */
  #news;

  /**
   * @param {Clock} clock
   * @param {FakeResponse | Failure} answer
   * @param {CalledHttp} called
   */
  constructor(clock, answer, called) {
    const { method, url, timeoutMs = Infinity } = called.request;
    const { pieces, cut, ...response } = read(answer, method);
    const takesMs = millis(response.takesMs);
    const late = timeoutMs < takesMs;
    const afterMs = late ? timeoutMs : takesMs;
    const begun = { status: response.status, url: response.url ?? url, headers: response.headers };
    const end = late ? new Failure("deadline-exceeded", `the answer of ${url} took too long`) : cut;
    const whole = () => liftHttpResponse({ head: { ...begun, extra: undefined }, body: joined(pieces) });
    super(clock, { afterMs, end: end ?? whole }, Failure.failed(`the answer of ${url} was given up`, { code: "cancelled" }), called);
    this.#clock = clock;
    this.#pieces = pieces.map((bytes, index) => ({
      atMs: clock.nowMs + Math.floor((takesMs * (index + 1)) / pieces.length),
      bytes,
    }));
    this.#headMs = this.#nextMs();
    if (!(answer instanceof Failure)) this.#head = new HttpHead(begun);
    this.#cutOff();
    this.#news = new FakeTimer(clock, this.#headMs);
  }

  /** @returns {HttpHead} */
  head() {
    this.#clock.countCall();
    this.#clock.check();
    this.#clock.waitUntil(this.#headMs);
    this.#clock.check();
    this.#news.atMs = this.#nextMs();
    // Without a beginning the end is a failure.
    return this.#head ? new HttpHead({ ...this.#head, headers: new HttpHeaders(this.#head.headers) }) : super.wait();
  }

  /**
   * @param {number} max
   * @returns {Uint8Array}
   */
  read(max) {
    this.#clock.countCall();
    this.#clock.check();
    this.#clock.waitUntil(this.#nextMs());
    this.#clock.check();
    const [next] = this.#pieces;
    // The end may be a failure.
    if (!next) super.wait();
    const piece = next?.bytes.slice(0, max) ?? new Uint8Array();
    if (next && piece.length < next.bytes.length) next.bytes = next.bytes.slice(max);
    else this.#pieces.shift();
    this.#news.atMs = this.#nextMs();
    return piece;
  }

  /** @override */
  subscribe() {
    this.#clock.countCall();
    return this.#news;
  }

  /** @override */
  stop() {
    super.stop();
    this.#cutOff();
    this.#news.atMs = Math.min(this.#news.atMs, this.overMs);
  }

  /** What would come after the end does not come. */
  #cutOff() {
    this.#pieces = this.#pieces.filter(({ atMs }) => atMs <= this.overMs);
    if (this.#headMs <= this.overMs) return;
    this.#head = undefined;
    this.#headMs = this.overMs;
  }

  /** When there is something to read, or the end. */
  #nextMs() {
    return this.#pieces[0]?.atMs ?? this.overMs;
  }
}

/**
 * Whether a place of the test, in which `*` stands for anything, is what was asked.
 *
 * @param {string} place
 * @param {string} asked
 * @returns {boolean}
 */
function isAt(place, asked) {
  const pattern = place.split("*").map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${pattern.join("[^]*")}$`).test(asked);
}

/**
 * What comes of an answer, and what cuts it off.
 *
 * @param {FakeResponse | Failure} answer
 * @param {string} method
 */
function read(answer, method) {
  if (answer instanceof Failure) return { ...new FakeResponse(), pieces: [], cut: answer };
  const last = answer.pieces.at(-1);
  const said = method === "HEAD" ? [] : answer.pieces.filter((piece) => !(piece instanceof Failure));
  // An empty piece would be the end.
  const pieces = said.map(encoded).filter(({ length }) => length > 0);
  return { ...answer, pieces, cut: last instanceof Failure ? last : undefined };
}

/**
 * @param {unknown} said
 * @returns {Uint8Array}
 */
function encoded(said) {
  return bytesOf(said instanceof Uint8Array || typeof said === "string" ? said : encode(said, "an answer of the test"));
}

/**
 * @param {unknown} said
 * @returns {string}
 */
function typeOf(said) {
  if (typeof said === "string") return "text/plain;charset=UTF-8";
  return said instanceof Uint8Array || said instanceof Failure ? "application/octet-stream" : "application/json";
}

/**
 * What was asked, as it comes to a host.
 *
 * @param {RawHttpRequest} raw
 * @returns {HttpRequest}
 */
function recorded({ url, method, headers, body, credential, timeoutMs, followRedirects, extra }) {
  return new HttpRequest(url, {
    method,
    headers,
    body,
    redirect: followRedirects ? "follow" : "manual",
    ...defined({ credential, timeoutMs, extra: liftedJson(extra) }),
  });
}
