#!/usr/bin/env node
// A client of a RAK host, for Node 20 or newer, without dependencies.
//
// As a program, it runs an agent and prints its text as it comes; Ctrl-C cancels the run:
//
//     node client.mjs --agent echo "hello from node"
//
// As a module:
//
//     import { Rak } from "./client.mjs";
//
//     const rak = new Rak("http://127.0.0.1:8080");
//     const session = await rak.createSession("echo");
//     for await (const piece of (await rak.run(session, "hello from node")).text()) process.stdout.write(piece);

import { realpathSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const DEFAULT_URL = "http://127.0.0.1:8080";
/** How often a stream that broke is taken up again without any news, and the first pause, which doubles each time. */
const RETRIES = 5;
const RETRY_PAUSE_MS = 200;
/** What a program that was interrupted exits with. */
const INTERRUPTED = 130;

/**
 * @typedef {{id: string, agent: string, user: string}} Session a conversation of a user with an agent
 * @typedef {{message: string, done?: number, total?: number}} Progress
 * @typedef {{
 *   requestId: string, kind: "approve" | "ask" | "message", prompt: string, details?: unknown, schema: unknown,
 *   expiresAt?: number,
 * }} Question what an agent asks a person
 * @typedef {{
 *   id: string, seq?: number, author: string, partial: boolean, turnComplete: boolean, interrupted: boolean,
 *   content?: {role: string, parts: Array<{text?: string, thought?: boolean}>}, progress?: Progress,
 *   errorCode?: string, errorMessage?: string, inputRequired?: Question, inputResponse?: {requestId: string},
 * }} Event an event as the host sends it
 */

/** The host refused, or cannot be reached. `code` is a stable word, `status` that of HTTP (0: no answer). */
export class RakError extends Error {
  constructor(message, { code = "", status = 0, cause } = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.code = code;
    this.status = status;
  }
}

/** The run began, and did not complete. `code` says why; one that was cancelled has "cancelled". */
export class RunFailed extends RakError {
  constructor(message, code, interrupted = false) {
    super(message, { code });
    this.interrupted = interrupted;
  }
}

/** A host. */
export class Rak {
  /** @param {string} url */
  constructor(url = DEFAULT_URL) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new RakError(`"${url}" is no address of a host; it looks like ${DEFAULT_URL}`);
    }
    this.url = url.replace(/\/+$/, "");
  }

  /** The agents of the host; those whose `state` is "ready" can be run. */
  async agents() {
    return (await this.#json("GET", "/api/v1/agents")).agents;
  }

  /** Makes a session; without an id it gets a new one. @returns {Promise<Session>} */
  async createSession(agent, { user = "user", id = "" } = {}) {
    const made = await this.#json("POST", "/api/v1/sessions", { appName: agent, userId: user, sessionId: id });
    return { id: made.sessionId, agent: made.appName, user: made.userId };
  }

  /** Starts a run. When this resolves, the run has its id, and goes on by itself. @param {Session} session */
  async run(session, text) {
    const response = await this.open("POST", `/api/v1/sessions/${encodeURIComponent(session.id)}/run/sse`, {
      body: {
        appName: session.agent,
        userId: session.user,
        newMessage: { role: "user", parts: [{ text }] },
      },
    });
    return new Run(this, response);
  }

  /** What the host knows of a run: `status`, `progress`, `usage` and more. */
  invocation(id) {
    return this.#json("GET", `/api/v1/invocations/${encodeURIComponent(id)}`);
  }

  /** Stops a run. One that is over stays as it is. */
  cancel(id) {
    return this.#json("POST", `/api/v1/invocations/${encodeURIComponent(id)}/cancel`);
  }

  /**
   * Answers a question of a run, which is an event with `inputRequired`. The same answer again is no mistake.
   * @param {{decision?: {approved: boolean, reason?: string}, answer?: unknown, message?: object, by?: string}} answer
   */
  async respond(id, requestId, answer) {
    await this.#json("POST", `/api/v1/invocations/${encodeURIComponent(id)}/respond`, { requestId, ...answer });
  }

  /** An answer of the host that is no refusal. @returns {Promise<Response>} */
  async open(method, path, { body, headers = {} } = {}) {
    const request = { method, headers };
    if (body !== undefined) {
      request.body = JSON.stringify(body);
      request.headers = { ...headers, "content-type": "application/json" };
    }
    let response;
    try {
      response = await fetch(this.url + path, request);
    } catch (cause) {
      const reason = cause.cause?.message || cause.cause?.code || cause.message;
      throw new RakError(`cannot reach ${this.url}: ${reason}; does \`rak serve\` run there?`, { cause });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async #json(method, path, body) {
    return (await this.open(method, path, { body })).json();
  }
}

/**
 * A run, as an async iterator over its events. A stream that breaks is taken up again where it broke. The iteration
 * ends when the run completed, and throws RunFailed where it ended in any other way.
 */
export class Run {
  /** The number of the newest stored event that was seen. */
  lastEventId = 0;
  /** How often the stream was taken up again. */
  reconnects = 0;
  #rak;
  #response;

  constructor(rak, response) {
    this.#rak = rak;
    this.#response = response;
    this.invocationId = response.headers.get("x-invocation-id");
  }

  /** Stops the run; its stream then ends with RunFailed. */
  cancel() {
    return this.#rak.cancel(this.invocationId);
  }

  /** Answers a question of the run; see `Rak.respond`. */
  respond(requestId, answer) {
    return this.#rak.respond(this.invocationId, requestId, answer);
  }

  /** The text as it comes, each message with a line break at its end. */
  async *text() {
    const text = new Text();
    for await (const event of this) yield text.add(event);
  }

  /** @returns {AsyncGenerator<Event>} */
  async *[Symbol.asyncIterator]() {
    let attempts = 0;
    for (;;) {
      let lost = new RakError("the stream ended before the run");
      try {
        this.#response ??= await this.#reconnect();
        for await (const event of this.#events()) {
          attempts = 0;
          yield event;
          if (event.turnComplete) return;
        }
      } catch (error) {
        // A host that answers with a refusal will not change its mind.
        if (error instanceof RunFailed || (error instanceof RakError && ![0, 503].includes(error.status))) throw error;
        lost = error;
      }
      this.#response = undefined;
      attempts += 1;
      if (attempts > RETRIES) {
        const what = `lost the stream of invocation ${this.invocationId}, which may go on: ${lost.message}`;
        throw new RakError(what, { cause: lost });
      }
      if (attempts > 1) await pause(RETRY_PAUSE_MS * 2 ** (attempts - 1));
    }
  }

  async *#events() {
    // Text that was being written when the stream broke comes again, in part or as a whole. The whole is what
    // counts, so after a break nothing unfinished is taken until the next stored event.
    let skipUnfinished = this.reconnects > 0;
    for await (const { id, event } of frames(this.#response.body)) {
      if (id) {
        this.lastEventId = Number(id);
        skipUnfinished = false;
      }
      if ("error" in event) throw new RunFailed(event.error, event.code);
      if (event.turnComplete && event.errorCode) {
        throw new RunFailed(event.errorMessage ?? "", event.errorCode, event.interrupted);
      }
      if (!(skipUnfinished && event.partial && event.content)) yield event;
    }
  }

  #reconnect() {
    this.reconnects += 1;
    return this.#rak.open("GET", `/api/v1/invocations/${encodeURIComponent(this.invocationId)}/events`, {
      headers: { "last-event-id": String(this.lastEventId) },
    });
  }
}

/** Puts the text of a run together: pieces of a message come first, then the message as a whole. */
export class Text {
  #written = "";

  /** What is new with an event. What the user says meanwhile is no text of the run. @param {Event} event */
  add(event) {
    if (event.inputResponse) return "";
    const parts = event.content?.parts ?? [];
    const text = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
    if (event.partial) {
      this.#written += text;
      return text;
    }
    if (!text) return "";
    const written = this.#written;
    this.#written = "";
    return text.startsWith(written) ? `${text.slice(written.length)}\n` : `\n${text}\n`;
  }

  /** What closes a message that never came as a whole. */
  end() {
    const open = this.#written !== "";
    this.#written = "";
    return open ? "\n" : "";
  }
}

/** Server-Sent Events: the id and the JSON of each. One that is cut off is none. */
async function* frames(body) {
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split(/\n\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = { id: "", data: [] };
      for (const line of block.split("\n")) {
        const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
        if (field === "id") fields.id = value;
        if (field === "data") fields.data.push(value);
      }
      if (fields.data.length > 0) yield { id: fields.id, event: JSON.parse(fields.data.join("\n")) };
    }
  }
}

async function refusal(response) {
  const { status } = response;
  const answer = await response.json().catch(() => ({}));
  const message = answer.error ?? `the host answered ${status} ${response.statusText}`;
  return new RakError(message, { code: answer.code, status });
}

/** Runs an agent, and prints what it says; progress and errors go to the error output. */
async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: "string", default: DEFAULT_URL },
      agent: { type: "string", default: "echo" },
      user: { type: "string", default: "user" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    say(`usage: node client.mjs [--url ${DEFAULT_URL}] [--agent echo] [--user user] TEXT`);
    return 0;
  }
  const rak = new Rak(values.url);
  const session = await rak.createSession(values.agent, { user: values.user });
  const run = await rak.run(session, positionals.join(" "));
  say(`invocation ${run.invocationId}`);
  process.once("SIGINT", () => {
    process.once("SIGINT", () => process.exit(INTERRUPTED));
    say("cancelling; Ctrl-C once more leaves at once");
    run.cancel().catch((error) => say(`error: ${error.message}`));
  });
  const text = new Text();
  try {
    for await (const event of run) {
      process.stdout.write(text.add(event));
      if (event.progress) say(describe(event.progress));
    }
  } finally {
    process.stdout.write(text.end());
  }
  if (run.reconnects > 0) say(`the stream broke; it was taken up again ${run.reconnects} times`);
  return 0;
}

/** Progress as a line of text. @param {Progress} progress */
function describe({ message, done, total }) {
  return done !== undefined && total !== undefined ? `${message} (${done} of ${total})` : message;
}

/** Tells the person something that is no answer of the agent. */
function say(line) {
  process.stderr.write(`${line}\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  try {
    process.exitCode = await main();
  } catch (error) {
    say(error instanceof RunFailed ? `error: ${error.message} (${error.code})` : `error: ${error.message}`);
    process.exitCode = error instanceof RunFailed && error.interrupted ? INTERRUPTED : 1;
  }
  // A signal handler that still waits must not keep the program alive.
  process.removeAllListeners("SIGINT");
}
