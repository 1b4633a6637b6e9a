/**
 * HTTP, as the contract carries it.
 */

import { HttpHead, HttpHeaders, HttpResponse } from "../http.js";
import { json, liftedBytes, liftedJson, option, string } from "./scalars.js";

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
export function lowerHttpRequest({ method, url, headers, body, credential, timeoutMs, redirect, extra }) {
  return {
    method: string(method, "the method of a request"),
    url: string(url, "the URL of a request"),
    headers: headers.pairs.map(([name, value]) => [string(name, "the name of a header"), string(value, `the header \`${name}\``)]),
    body,
    credential: option(credential, (name) => string(name, "the name of a credential")),
    timeoutMs,
    followRedirects: redirect === "follow",
    extra: json(extra, "the `extra` of a request"),
  };
}

/**
 * @param {RawHead} raw
 * @returns {HttpHead}
 */
export function liftHead(raw) {
  return new HttpHead(begun(raw));
}

/**
 * @param {RawHttpResponse} raw
 * @returns {HttpResponse}
 */
export function liftHttpResponse({ head, body }) {
  return new HttpResponse({ ...begun(head), body: liftedBytes(body) });
}

/** @param {RawHead} raw */
function begun({ status, url, headers, extra }) {
  return { status, url, headers: new HttpHeaders(headers), extra: liftedJson(extra) };
}
