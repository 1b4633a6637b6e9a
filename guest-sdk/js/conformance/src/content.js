/** Content and events. */

import { Content, Outcome, custom, fileData, functionCall, functionResponse, inlineData, progress, text } from "rak";
import { textDelta, thought, thoughtDelta } from "rak";

export const content = {
  *echo(_cx, words) {
    yield* words.split(/(?<= )/).filter(Boolean);
    return words;
  },

  answer: (_cx, words) => words,

  *nothing() {
    yield Content.model("said before");
  },

  parts: (_cx, _argument, input) => Content.model(...input.parts.slice(1)),

  kinds: () =>
    Content.model(
      text("a"),
      thought("b"),
      inlineData("application/octet-stream", [0x00, 0x01, 0xfe, 0xff]),
      fileData("file:///a", "text/plain"),
      fileData("file:///b"),
      functionCall("1", "f", { a: 1 }),
      functionResponse("1", "f", { b: [2] }, { failed: true }),
      custom("x", { c: null }),
    ),

  *events() {
    const seq = yield [
      Content.model("one"),
      progress("half", 1, 2),
      custom("note", { k: "v" }),
      thoughtDelta("hm"),
      textDelta("two"),
    ];
    return String(seq);
  },

  progress(cx) {
    cx.events.progress("no numbers");
    return "done";
  },

  outcome: () => new Outcome({ content: "done", escalate: true, transferTo: "other", extra: { n: 1 } }),

  bytes: (_cx, count) => "x".repeat(Number(count)),

  "text-size": (_cx, _argument, input) => String(new TextEncoder().encode(input.parts[1].text).length),

  "data-size": (_cx, _argument, input) => String(input.parts[1].data.length),
};
