/** HTTP. */

import { failureOf, split } from "./agents.js";

export const http = {
  http(cx, argument) {
    const [method, url] = split(argument);
    return shown(cx.http.fetch(url, { method }));
  },

  "http-send"(cx, argument) {
    const [url, body] = split(argument);
    return shown(cx.http.fetch(url, { method: "POST", headers: { "X-Sent": "1" }, body }));
  },

  "http-header": (cx, url) => cx.http.fetch(url).headers.get("X-Kind"),

  "http-stays"(cx, url) {
    const { status, headers } = cx.http.fetch(url, { redirect: "manual" });
    return `${status} ${headers.has("location")}`;
  },

  "http-secret": (cx, url) => shown(cx.http.fetch(url, { credential: "sesame" })),

  *"http-stream"(cx, url) {
    const exchange = cx.http.open(url);
    let all = "";
    for (const text of exchange.texts()) {
      yield text;
      all += text;
    }
    return `${exchange.head().status} ${all}`;
  },

  "http-two"(cx, argument) {
    const exchanges = split(argument).map((url) => cx.http.open(url));
    return exchanges.map((exchange) => [...exchange.texts()].join("")).join(",");
  },

  "http-drop"(cx, url) {
    cx.http.open(url).dispose();
    return "dropped";
  },

  "http-fails"(cx, argument) {
    const [method, url] = split(argument);
    return failureOf(() => cx.http.fetch(url, { method }));
  },
};

/**
 * The status, a space, and the text of the body.
 * @param {import("rak").HttpResponse} response
 */
function shown(response) {
  return `${response.status} ${response.text()}`;
}
