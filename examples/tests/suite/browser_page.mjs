// Runs the client of a page without the page, and prints what it tells its listener, a line each:
//
//     node --experimental-websocket browser_page.mjs PAGE HOST AGENT TEXT [--cancel | --cancel-after-loss | ANSWER…]
//
// Each ANSWER is sent where the agent asks something, or where the one before it was refused.

import { readFileSync } from "node:fs";
import vm from "node:vm";

const [page, host, agent, text, ...answers] = process.argv.slice(2);
const [option] = answers;
const html = readFileSync(page, "utf8");
const script = (id) => new RegExp(`<script id="${id}">([\\s\\S]*?)</script>`).exec(html)[1];

// The rest of the page needs a browser; at least it has to be a program.
new vm.Script(script("page"));
const Conversation = vm.runInThisContext(`${script("client")}\nConversation`);

const print = (line) => process.stdout.write(`${line}\n`);
let isCancelled = false;
let wasLost = false;

function cancel() {
  if (isCancelled) return;
  isCancelled = true;
  conversation.cancel().catch((error) => print(`cancel: ${error.message}`));
}

function respond(requestId) {
  const answer = answers.shift();
  if (!answer) return;
  conversation.respond(requestId, JSON.parse(answer)).catch((error) => {
    print(`refused ${error.message}`);
    respond(requestId);
  });
}

const conversation = new Conversation(host, agent, {
  connection(state) {
    wasLost ||= state === "lost";
    if (state !== "closed") print(`connection ${state}`);
  },
  started(id) {
    process.stderr.write(`invocation ${id}\n`);
    print("started");
  },
  event(event) {
    const { partial, progress, content, errorMessage, inputRequired, inputResponse } = event;
    if (inputRequired) {
      print(`asks ${inputRequired.kind}: ${inputRequired.prompt}`);
      respond(inputRequired.requestId);
    }
    if (inputResponse) print(`answered ${inputResponse.requestId}`);
    if (progress) print(`progress ${progress.done} of ${progress.total}`);
    if (errorMessage) print(`end ${errorMessage}`);
    if (content) print(`${partial ? "piece" : "whole"} ${content.parts.map((part) => part.text).join("")}`);
    if (option === "--cancel" && progress) cancel();
    if (option === "--cancel-after-loss" && wasLost && content) cancel();
  },
  cancelled: () => print("cancelled"),
  failed: (message) => print(`failed ${message}`),
  finished() {
    print("finished");
    conversation.close();
  },
});
await conversation.run(text);
