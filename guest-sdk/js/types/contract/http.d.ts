/**
 * HTTP, as the contract carries it.
 */
import { HttpHead, HttpResponse } from "../http.js";
import type { HttpRequest } from "../http.js";
export type RawHttpRequest = {
    method: string;
    url: string;
    headers: [string, string][];
    body: Uint8Array;
    credential: string | undefined;
    timeoutMs: number | undefined;
    followRedirects: boolean;
    extra: string | undefined;
};
export type RawHead = {
    status: number;
    url: string;
    headers: Iterable<[string, string]>;
    extra: string | null | undefined;
};
export type RawHttpResponse = {
    head: RawHead;
    body: Uint8Array;
};
/** @import { HttpRequest } from "../http.js" */
/**
 * What is asked, as the contract has it.
 *
 * @typedef {object} RawHttpRequest
 * @property {string} method
 * @property {string} url
 * @property {[string, string][]} headers
 * @property {Uint8Array} body
 * @property {string | undefined} credential
 * @property {number | undefined} timeoutMs
 * @property {boolean} followRedirects
 * @property {string | undefined} extra
 */
/**
 * The beginning of an answer, as the contract has it.
 * @typedef {{ status: number, url: string, headers: Iterable<[string, string]>, extra: string | null | undefined }} RawHead
 */
/**
 * A whole answer, as the contract has it.
 * @typedef {{ head: RawHead, body: Uint8Array }} RawHttpResponse
 */
/**
 * @param {HttpRequest} request
 * @returns {RawHttpRequest}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerHttpRequest({ method, url, headers, body, credential, timeoutMs, redirect, extra }: HttpRequest): RawHttpRequest;
/**
 * @param {RawHead} raw
 * @returns {HttpHead}
 */
export declare function liftHead(raw: RawHead): HttpHead;
/**
 * @param {RawHttpResponse} raw
 * @returns {HttpResponse}
 */
export declare function liftHttpResponse({ head, body }: RawHttpResponse): HttpResponse;
