import assert from "node:assert/strict";
import { test } from "node:test";

import { Content, inlineData } from "rak";
import { FakeHost } from "rak/testing";

import diary from "./diary.js";

test("writes a diary", () => {
  const host = new FakeHost({ artifacts: { "user:diary.md": "# Mine\n- rain\n" } });
  const run = host.run(diary, Content.user("sun", inlineData("image/png", [1, 2])));
  assert.equal(run.answer, "version 2, 1 photos");
  assert.equal(run.artifacts["user:diary.md"].text(), "# Mine\n- rain\n- sun\n");
  assert.equal(run.artifacts["photos/1"].mimeType, "image/png");
  assert.equal(host.after(run).run(diary, "wind").answer, "version 3, 1 photos");
});
