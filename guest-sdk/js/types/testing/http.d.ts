/**
 * The web of a test.
 */
import { Failure } from "../failure.js";
import { HttpHead, HttpHeaders, HttpRequest, HttpResponse } from "../http.js";
import { FakeTimer } from "./timer.js";
import { FakeWork } from "./work.js";
import type { JsonInput } from "../types.js";
import type { Clock } from "./clock.js";
import type { CalledHttp, FakeHostOptions, FakeResponseOptions } from "./types.js";
/** @import { RawHttpRequest } from "../contract/http.js" */
/** @import { HeadersInput, JsonInput } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { CalledHttp, FakeHostOptions, FakeResponseOptions, HttpAnswer } from "./types.js" */
/** An answer of a test, where there is more to say of it than its body. */
export declare class FakeResponse {
    /** @readonly @type {number} */
    status: number;
    /** @readonly @type {readonly unknown[]} What comes, one after the other. */
    pieces: readonly unknown[];
    /** @readonly @type {HttpHeaders} */
    headers: HttpHeaders;
    /** @readonly @type {number} */
    takesMs: number;
    /** @readonly @type {string | undefined} */
    url: string | undefined;
    /**
     * @param {string | Uint8Array | JsonInput} [body] A string, bytes, or an object of which it is the JSON. Where the headers say no
     *   type, this does.
     * @param {FakeResponseOptions} [options]
     */
    constructor(body?: string | Uint8Array | JsonInput, { status, headers, pieces, takesMs, url }?: FakeResponseOptions);
}
/** A web that answers what the test says, and notes down what it was asked. */
export declare class Web {
    #private;
    /** @param {NonNullable<FakeHostOptions["http"]>} answers */
    constructor(answers: NonNullable<FakeHostOptions["http"]>);
    /**
     * Asks.
     *
     * @param {HttpRequest} request
     * @param {Clock} clock
     * @returns {FakeExchange}
     * @throws {Failure} Where the run is to end, or the test has no answer: that is where the agent may not go.
     */
    open(request: HttpRequest, clock: Clock): FakeExchange;
    /**
     * The run is over, and with it what still comes.
     * @returns {CalledHttp[]} What was asked.
     */
    finish(): CalledHttp[];
}
/**
 * An answer that comes.
 * @extends {FakeWork<HttpResponse>}
 */
export declare class FakeExchange extends FakeWork<HttpResponse> {
    #private;
    /**
     * @param {Clock} clock
     * @param {FakeResponse | Failure} answer
     * @param {CalledHttp} called
     */
    constructor(clock: Clock, answer: FakeResponse | Failure, called: CalledHttp);
    /** @returns {HttpHead} */
    head(): HttpHead;
    /**
     * @param {number} max
     * @returns {Uint8Array}
     */
    read(max: number): Uint8Array;
    /** @override */
    subscribe(): FakeTimer;
    /** @override */
    stop(): void;
}
