/**
 * Keeping files, and those of the fake host.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Artifact, Content, Failure, inlineData } from "rak";
import { FakeHost } from "rak/testing";

/** @typedef {import("rak").Artifacts} Artifacts */
/** @typedef {import("rak/testing").FakeHostOptions} Options */

const TEXT = "text/plain; charset=utf-8";
const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * @param {(artifacts: Artifacts) => unknown} uses
 * @param {Options} [options]
 */
function run(uses, options) {
  return new FakeHost(options).run((cx) => void uses(cx.artifacts), "x");
}

test("each save is a version", () => {
  const ended = new FakeHost().run((cx) => {
    const { artifacts } = cx;
    assert.equal(artifacts.save("a.txt", "ä"), 1);
    cx.sleep(1500);
    assert.equal(artifacts.save("a.txt", Uint8Array.of(0)), 2);
    assert.equal(artifacts.save("user:a.txt", inlineData("image/png", [1])), 1);
    assert.equal(artifacts.save("a.json", bytes("[1]").buffer, "application/json"), 1);
    assert.deepEqual(artifacts.load("a.txt"), new Artifact("application/octet-stream", Uint8Array.of(0)));
    assert.deepEqual(artifacts.load("a.txt", 1), new Artifact(TEXT, bytes("ä")));
    assert.deepEqual([artifacts.load("a.txt", 3), artifacts.load("b.txt")], [undefined, undefined]);
    assert.deepEqual(artifacts.load("a.json")?.json(), [1]);
    const common = { name: "a.txt", extra: undefined };
    const newest = { ...common, version: 2, mimeType: "application/octet-stream", size: 1, createdAt: new Date(1500) };
    const first = { ...common, version: 1, mimeType: TEXT, size: 2, createdAt: new Date(0) };
    assert.deepEqual([artifacts.versions("a.txt"), artifacts.versions("b.txt")], [[newest, first], []]);
    assert.deepEqual(artifacts.list().map(({ name }) => name), ["a.json", "a.txt", "user:a.txt"]);
    assert.deepEqual(artifacts.list("a.t"), [newest]);
  }, "x");
  assert.ok(ended.ok, String(ended.ok || ended.failure));
  assert.deepEqual(ended.artifacts["user:a.txt"], new Artifact("image/png", Uint8Array.of(1)));
  assert.equal(ended.artifactVersions["a.txt"]?.[1]?.text(), "ä");
});

test("an artifact is a part of a content", () => {
  const host = new FakeHost({ artifacts: { "a.png": inlineData("image/png", [1]) } });
  const { outcome } = host.run((cx) => Content.model("here", /** @type {Artifact} */ (cx.artifacts.load("a.png"))), "x");
  assert.deepEqual(outcome.content, Content.model("here", inlineData("image/png", [1])));
});

test("a number is not used again", () => {
  const ended = run((artifacts) => {
    assert.equal(artifacts.save("a.txt", "three"), 3);
    assert.deepEqual([artifacts.remove("a.txt", 3), artifacts.remove("a.txt", 3)], [true, false]);
    assert.equal(artifacts.load("a.txt")?.text(), "two");
    assert.deepEqual([artifacts.remove("a.txt"), artifacts.remove("a.txt")], [true, false]);
    assert.deepEqual([artifacts.list(), artifacts.versions("a.txt")], [[], []]);
    assert.equal(artifacts.save("a.txt", "four"), 4);
  }, { artifacts: { "a.txt": { 1: "one", 2: "two" } } });
  assert.ok(ended.outcome);
  assert.deepEqual(ended.artifactVersions, { "a.txt": { 4: new Artifact(TEXT, bytes("four")) } });
});

test("a file outlives the run", () => {
  const logs = (/** @type {import("rak").Context} */ cx, /** @type {Content} */ { text }) => {
    cx.artifacts.save("log.txt", text);
    if (text === "b") throw Failure.failed("oh");
    return cx.artifacts.versions("log.txt").map(({ version }) => version).join("");
  };
  const host = new FakeHost({ artifacts: { "log.txt": new Artifact("text/x-log", bytes("before")) } });
  const once = host.after(host.run(logs, "a"));
  const failed = once.run(logs, "b");
  assert.equal(failed.artifacts["log.txt"]?.text(), "b");
  assert.equal(once.after(failed).run(logs, "c").answer, "4321");
});

test("a file is read in pieces", () => {
  const texts = (/** @type {Iterable<Uint8Array>} */ pieces) => Array.from(pieces, (piece) => new TextDecoder().decode(piece));
  const ended = run((artifacts) => {
    assert.deepEqual(texts([0, 5, 10, 15, 99].map((at) => artifacts.read("a.txt", 1, at, 5))), ["one t", "wo th", "ree", "", ""]);
    assert.deepEqual(texts(artifacts.pieces("a.txt", { max: 5 })), ["one t", "wo th", "ree"]);
    artifacts.save("a.txt", "four");
    assert.deepEqual(texts(artifacts.pieces("a.txt")), ["four"]);
    assert.deepEqual(texts(artifacts.pieces("a.txt", { version: 1 })), ["one two three"]);
  }, { artifacts: { "a.txt": "one two three" } });
  assert.ok(ended.outcome);
});

test("what is not there cannot be read", () => {
  const reads = /** @type {((artifacts: Artifacts) => unknown)[]} */ ([
    (artifacts) => artifacts.read("b.txt", 1),
    (artifacts) => artifacts.read("a.txt", 2),
    (artifacts) => [...artifacts.pieces("b.txt")],
    (artifacts) => [...artifacts.pieces("a.txt", { version: 2 })],
  ]);
  for (const read of reads) assert.equal(run(read, { artifacts: { "a.txt": "a" } }).failure.kind, "not-found");
});

test("names and types are those that a host takes", () => {
  const refusal = (/** @type {string} */ name, mimeType = TEXT) => {
    const { failure } = run((artifacts) => artifacts.save(name, "x", mimeType));
    assert.equal(failure.kind, "invalid-argument");
    return failure.message;
  };
  for (const name of ["", "user:"]) assert.equal(refusal(name), "an artifact needs a name");
  for (const name of ["/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb", "a\u0085b", "user:/a"]) {
    assert.match(refusal(name), /cannot be the name of an artifact/);
  }
  assert.equal(refusal("ä".repeat(128)), "the name of an artifact has 256 bytes; 255 are allowed");
  for (const mimeType of ["", "text", "/plain", "text/", "text/pl\nain", "tëxt/plain", `a/${"b".repeat(200)}`]) {
    assert.match(refusal("a.txt", mimeType), /is not the type of a file: write one as text\/plain or image\/png$/);
  }
  const usable = ["report.md", "user:photos/a b.png", "app:x", "ä".repeat(127)];
  const saves = run((artifacts) => usable.forEach((name) => artifacts.save(name, "x", "application/vnd.api+json")));
  assert.deepEqual(Object.keys(saves.artifacts), usable);
});

test("what is not of its type is refused before the host sees it", () => {
  const wrong = /** @type {any} */ (5);
  for (const uses of [
    (/** @type {Artifacts} */ artifacts) => artifacts.save("a.txt", wrong),
    (/** @type {Artifacts} */ artifacts) => artifacts.save(wrong, "a"),
    (/** @type {Artifacts} */ artifacts) => artifacts.save("a.txt", "a", wrong),
    (/** @type {Artifacts} */ artifacts) => artifacts.load("a.txt", /** @type {any} */ ("1")),
    (/** @type {Artifacts} */ artifacts) => artifacts.read("a.txt", 1, -1),
    (/** @type {Artifacts} */ artifacts) => artifacts.list(wrong),
  ]) {
    assert.match(run(uses, { artifacts: { "a.txt": "a" } }).failure.message, /^TypeError: /);
  }
});

test("every call counts, and none is made once the run is being cancelled", () => {
  for (const uses of [
    (/** @type {Artifacts} */ artifacts) => artifacts.save("a.txt", "b"),
    (/** @type {Artifacts} */ artifacts) => artifacts.load("a.txt"),
    (/** @type {Artifacts} */ artifacts) => artifacts.read("a.txt", 1),
    (/** @type {Artifacts} */ artifacts) => artifacts.list(),
    (/** @type {Artifacts} */ artifacts) => artifacts.versions("a.txt"),
    (/** @type {Artifacts} */ artifacts) => artifacts.remove("a.txt"),
  ]) {
    const after = (/** @type {number} */ cancelAfterCalls) =>
      new FakeHost({ artifacts: { "a.txt": "a" }, cancelAfterCalls }).run((cx) => {
        uses(cx.artifacts);
        cx.checkCancelled();
      }, "x");
    assert.deepEqual([0, 1].map((calls) => after(calls).failure.kind), ["cancelled", "cancelled"]);
    assert.ok(after(2).ok);
  }
});

test("what was saved is kept as it was", () => {
  const ended = run((artifacts) => {
    const data = Uint8Array.of(1);
    artifacts.save("a.bin", data);
    data[0] = 0;
    artifacts.load("a.bin")?.data.fill(0);
    artifacts.read("a.bin", 1).fill(0);
  });
  assert.deepEqual(ended.artifacts["a.bin"]?.data, Uint8Array.of(1));
});
