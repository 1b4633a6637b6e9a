import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, Failure, LEVELS, custom, progress } from "rak";
import { FakeHost } from "rak/testing";

const SECOND = 1000;

test("info and config are what was given", () => {
  const host = new FakeHost({ info: { userId: "ada" }, config: { greeting: "hi", list: [1] } });
  host.run((cx) => {
    assert.deepEqual([cx.info.userId, cx.info.sessionId, cx.info.attempt], ["ada", "test-session", 1]);
    assert.equal(cx.config("greeting"), "hi");
    assert.equal(cx.config("absent"), undefined);
    assert.deepEqual(cx.configKeys(), ["greeting", "list"]);
  }, "");
});

test("an assertion that fails in the agent fails the test", () => {
  assert.throws(() => new FakeHost().run(() => assert.equal(1, 2), ""), { code: "ERR_ASSERTION" });
});

test("emit answers with the newest stored event", () => {
  const run = new FakeHost().run(({ events }) => {
    events.textDelta("a");
    events.thoughtDelta("b");
    events.progress("c", 1, 2);
    assert.equal(events.emit([]), 0);
    assert.equal(events.content(Content.model("d")), 1);
    assert.equal(events.custom("e", 1), 2);
    assert.equal(events.emit("f"), 2);
  }, "");
  assert.deepEqual(run.textDeltas, ["a", "f"]);
  assert.deepEqual(run.contents, [Content.model("d")]);
  assert.deepEqual(run.customs, [custom("e", 1)]);
  assert.deepEqual(run.progress, [progress("c", 1, 2)]);
  assert.equal(run.events.length, 6);
});

test("an event is what it was when it was emitted", () => {
  const value = { n: 1 };
  const run = new FakeHost().run(({ events }) => {
    events.custom("a", value);
    value.n = 2;
  }, "");
  assert.deepEqual(run.customs, [custom("a", { n: 1 })]);
});

test("none of a list is emitted where one is no event", () => {
  const run = new FakeHost().run(({ events }) => void events.emit(/** @type {any} */ (["a", 7])), "");
  assert.deepEqual(run.events, []);
  const fraction = new FakeHost().run(({ events }) => events.progress("a", 1.5), "");
  assert.match(fraction.failure.message, /done of a progress is not a whole number from 0 on: 1.5/);
});

test("history pages go back in time", () => {
  const history = ["1", "2", "3", "4", "5"].map((content) => ({ author: "user", content }));
  const run = new FakeHost({ history }).run(({ session }) => {
    assert.equal(session.history(9, 3).entries.length, 2);
    assert.equal(session.history(-1).entries.length, 1);
    assert.throws(() => session.history(NaN), TypeError);
    const pages = [...session.pages(2)];
    return pages.map(({ entries }) => entries.map(({ content }) => content.text).join("")).join(" ");
  }, "");
  assert.equal(run.answer, "45 23 1");
});

test("entries have an author, a role and a time", () => {
  const history = [{ author: "user", content: "a" }, { author: "echo", content: "b", seq: 7 }];
  new FakeHost({ history }).run(({ session }) => {
    const [first, second] = session.history().entries;
    assert.deepEqual([first?.content, first?.seq, first?.at], [Content.user("a"), 1, new Date(1000)]);
    assert.deepEqual([second?.content, second?.seq], [Content.model("b"), 7]);
  }, "");
});

test("no history is one empty page", () => {
  new FakeHost().run(({ session }) => assert.deepEqual([...session.pages()], [{ entries: [], next: undefined }]), "");
});

test("changes are seen at once and stored at the end", () => {
  const run = new FakeHost({ state: { gone: 1, "user:n": 1, kept: "x", none: null } }).run(({ session }) => {
    session.set("user:n", 2);
    session.set("gone", null);
    session.set("temp:scratch", true);
    session.remove("never-there");
    assert.equal(session.get("user:n"), 2);
    assert.equal(session.get("gone"), undefined);
    assert.equal(session.get("temp:scratch"), true);
    assert.deepEqual(session.keys(), ["kept", "temp:scratch", "user:n"]);
    assert.deepEqual(session.keys("user:"), ["user:n"]);
  }, "");
  assert.deepEqual(run.state, { kept: "x", "user:n": 2 });
  assert.deepEqual(run.changes, { gone: null, "never-there": null, "user:n": 2 });
});

test("a value of the state is a copy, as it is on a real host", () => {
  const list = [1];
  const run = new FakeHost().run(({ session }) => {
    session.set("list", list);
    list.push(2);
    session.get("list").push(3);
  }, "");
  assert.deepEqual(run.state, { list: [1] });
});

test("what JSON cannot say is no state", () => {
  for (const value of [undefined, NaN, 1n, () => 1]) {
    const run = new FakeHost().run(({ session }) => session.set("k", /** @type {any} */ (value)), "");
    assert.match(run.failure.message, /TypeError: the state at `k` cannot be written as JSON/);
  }
});

test("a failed run keeps what its last stored event stored", () => {
  const run = new FakeHost().run(({ session, events }) => {
    session.set("before", 1);
    events.textDelta("not stored");
    events.content(Content.model("stored"));
    session.set("after", 1);
    throw Failure.failed("oh");
  }, "");
  assert.deepEqual(run.changes, { before: 1 });
  assert.equal(run.failure.message, "oh");
});

test("the next turn finds the state of the last", () => {
  const turn = (/** @type {import("rak").Context} */ { session }) => {
    const n = (session.get("turn") ?? 0) + 1;
    session.set("turn", n);
    return String(n);
  };
  const host = new FakeHost();
  const first = host.run(turn, "");
  assert.deepEqual([first.answer, host.after(first).run(turn, "").answer], ["1", "2"]);
});

test("cancelled after some calls", () => {
  const run = new FakeHost({ cancelAfterCalls: 4 }).run((cx) => {
    for (;;) {
      cx.events.content(Content.model("tick"));
      cx.sleep(SECOND);
    }
  }, "");
  assert.equal(run.failure.kind, "cancelled");
  assert.deepEqual([run.events.length, run.sleptMs], [2, 2 * SECOND]);
  const atOnce = new FakeHost({ cancelAfterCalls: 0 }).run((cx) => cx.checkCancelled(), "");
  assert.equal(atOnce.failure.kind, "cancelled");
});

test("a cancelled wait returns at once", () => {
  const run = new FakeHost({ cancelAfterMs: 3 * SECOND }).run((cx) => {
    const timer = cx.timer(9 * SECOND);
    timer.block();
    assert.ok(cx.isCancelled() && !timer.ready());
    assert.deepEqual(cx.waitAny([timer]), []);
    cx.sleep(SECOND);
  }, "");
  assert.equal(run.sleptMs, 3 * SECOND);
});

test("a deadline ends waits and refuses calls", () => {
  const run = new FakeHost({ deadlineMs: 2 * SECOND }).run((cx) => {
    assert.equal(cx.remainingMs(), 2 * SECOND);
    cx.sleep(SECOND);
    assert.equal(cx.remainingMs(), SECOND);
    cx.sleep(9 * SECOND);
    cx.events.textDelta("late");
  }, "");
  assert.deepEqual([run.failure.kind, run.sleptMs], ["deadline-exceeded", 2 * SECOND]);
  new FakeHost().run((cx) => assert.equal(cx.remainingMs(), undefined), "");
});

test("waitAny answers with all that are ready", () => {
  const run = new FakeHost().run((cx) => {
    const [a, b, c] = [cx.timer(3 * SECOND), cx.timer(SECOND), cx.timer(3 * SECOND)];
    assert.deepEqual(cx.waitAny([a, b, c], 0), []);
    assert.deepEqual(cx.waitAny([a, b, c]), [1]);
    assert.deepEqual(cx.waitAny([a, c], SECOND), []);
    assert.deepEqual(cx.waitAny([a, c], 9 * SECOND), [0, 1]);
    assert.deepEqual(cx.waitAny([]), []);
    assert.deepEqual(cx.waitAny([], SECOND), []);
  }, "");
  assert.equal(run.sleptMs, 4 * SECOND);
});

test("a wait is never shorter than asked for, and always one that a host can count", () => {
  const slept = (/** @type {number} */ ms) => new FakeHost().run((cx) => cx.sleep(ms), "").sleptMs;
  assert.deepEqual([0, 0.1, 20, -5, Infinity].map(slept), [0, 1, 20, 0, Number.MAX_SAFE_INTEGER]);
  const wrong = new FakeHost().run((cx) => cx.sleep(/** @type {any} */ ("5")), "");
  assert.match(wrong.failure.message, /a time is a number of milliseconds, not 5/);
});

test("a timer that was disposed of is of no use", () => {
  new FakeHost().run((cx) => {
    const timer = cx.timer(1);
    timer.dispose();
    timer.dispose();
    assert.throws(() => timer.ready(), /disposed of/);
    assert.throws(() => timer.block(), /disposed of/);
    assert.throws(() => cx.waitAny([timer]), /disposed of/);
    assert.throws(() => cx.waitAny(/** @type {any} */ ([{}])), /only what `cx.timer` and the like return/);
  }, "");
});

test("log lines are kept", () => {
  const run = new FakeHost().run(({ log }) => {
    log.trace("a");
    log.debug("b");
    log.info("c", { k: 1 });
    log.warning("d");
    log.severe("e");
    assert.throws(() => log.write(/** @type {any} */ ("warn"), "x"), /`warn` is not a level \(there are: trace/);
  }, "");
  assert.deepEqual(run.logs.map(({ level }) => level), LEVELS);
  assert.deepEqual(run.logs[2], { level: "info", message: "c", fields: { k: "1" } });
});

test("a run says how it ended, and refuses to be taken for the other", () => {
  const good = new FakeHost().run(() => "fine", "");
  assert.ok(good.ok);
  assert.throws(() => good.failure, /did not fail, it answered "fine"/);
  const thrown = new RangeError("oh");
  const bad = new FakeHost().run(() => {
    throw thrown;
  }, "");
  assert.ok(!bad.ok);
  assert.throws(() => bad.answer, { message: "the agent failed: failed: RangeError: oh", cause: thrown });
});
