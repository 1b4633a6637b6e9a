import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeHost, FakeResponse } from "rak/testing";

import reporter from "./reporter.js";

const API = "https://api.example.com";

test("reports the worst", () => {
  const votes = [];
  const http = {
    [`${API}/x/issues`]: [{ title: "slow", votes: 2 }, { title: "crash", votes: 9 }],
    [`POST ${API}/x/votes`]: (request) => void votes.push(request.json()),
    [`${API}/x/log`]: new FakeResponse("", { pieces: ["all well\ncra", "sh at noon\n"], takesMs: 60_000 }),
  };
  const run = new FakeHost({ http }).run(reporter, "x");
  assert.deepEqual([run.answer, run.textDeltas], ["crash", ["crash at noon\n"]]);
  assert.deepEqual(votes, [{ title: "crash" }]);
  assert.equal(run.httpCalls[0].request.credential, "tracker");
});

test("says that there is no such project", () => {
  const http = { [`${API}/*`]: new FakeResponse("try x", { status: 404 }) };
  assert.equal(new FakeHost({ http }).run(reporter, "y").failure.message, "there is no project y: try x");
});
