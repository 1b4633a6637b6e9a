import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, custom, fileData, functionCall, functionResponse, inlineData, text, thought } from "rak";
import { liftContent, lowerContent } from "../src/contract/content.js";

test("the text joins the text parts only", () => {
  const content = Content.user("a", thought("hm"), functionCall("1", "look", {}), "b");
  assert.equal(content.text, "ab");
  assert.equal(new Content("model").text, "");
});

test("JSON of the input is parsed from all text parts", () => {
  assert.deepEqual(Content.user("[1,", "2]").json(), [1, 2]);
  assert.throws(() => Content.user("{").json(), { name: "Failure", kind: "invalid-argument", message: /not the JSON/ });
});

test("every part survives the way there and back", () => {
  const content = Content.model(
    text("text ü😀"),
    thought("hm"),
    inlineData("image/png", [0, 255]),
    inlineData("image/png", new Uint8Array([1]).buffer),
    fileData("s3://a", "text/plain"),
    fileData("s3://b"),
    functionCall("1", "look", { q: "ü" }),
    functionResponse("1", "look", [1.5, null], { failed: true }),
    custom("card", "x"),
  );
  assert.deepEqual(liftContent(lowerContent(content)), content);
});

test("none is null in one engine and undefined in the other", () => {
  for (const mimeType of [null, undefined]) {
    const raw = { role: "user", parts: [{ tag: "file-data", val: { mimeType, uri: "a" } }] };
    assert.deepEqual(liftContent(raw), Content.user(fileData("a")));
  }
});

test("a document that is not JSON becomes its text", () => {
  const raw = { role: "user", parts: [{ tag: "other", val: { name: "a", value: "{oops" } }] };
  assert.deepEqual(liftContent(raw), Content.user(custom("a", "{oops")));
});

test("half of a surrogate pair is replaced, in texts and in JSON", () => {
  const [lowered, value] = lowerContent(Content.model("a\ud83d", custom("c", ["\udc00", "\\ud83d", "😀"]))).parts;
  assert.equal(lowered.val, "a\ufffd");
  assert.deepEqual(JSON.parse(value.val.value), ["\ufffd", "\\ud83d", "😀"]);
  assert.doesNotMatch(value.val.value, /[^\\]\\ud/);
});

test("what is not of its type is refused with its name", () => {
  const bad = /** @type {[any, RegExp][]} */ ([
    [{ type: "text", text: 5 }, /text of a text part is not a string but of type number/],
    [{ type: "inline-data", mimeType: "a/b", data: "x" }, /inline data is a Uint8Array, not of type string/],
    [{ type: "file-data", uri: null }, /a URI is not a string but of type null/],
    [{ type: "function-call", id: "1", name: "f", args: undefined }, /arguments of a call cannot be written as JSON/],
    [{ type: "nope" }, /no part of a content/],
    [7, /no part of a content/],
  ]);
  for (const [part, message] of bad) {
    assert.throws(() => lowerContent(new Content("model", [part])), { name: "TypeError", message });
  }
  assert.throws(() => lowerContent({ role: "user", parts: [] }), /is no Content/);
});
