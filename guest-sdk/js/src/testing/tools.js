/**
 * The tools of a test.
 */

import { liftResponse, lowerCall } from "../contract/content.js";
import { liftedJson } from "../contract/scalars.js";
import { lowerToolOptions } from "../contract/tools.js";
import { Failure } from "../failure.js";
import { copy, decode, encode } from "../json.js";
import { millis } from "../wait.js";
import { FakeWork, attempt, defined, notFound } from "./work.js";

/** @import { RawCall } from "../contract/content.js" */
/** @import { ToolRequestOptions } from "../host.js" */
/** @import { Decision, Json, JsonInput, Tool, ToolCall, ToolResponse } from "../types.js" */
/** @import { Clock } from "./clock.js" */
/** @import { People } from "./people.js" */
/** @import { CalledTool, FakeHostOptions, FakeTool } from "./types.js" */
/** @import { Ending } from "./work.js" */

/** How long a person has to approve a call. */
const APPROVAL_MS = 86_400_000;

/** What a {@link FakeTool} answers that says of itself that it failed. */
export class Failed {
  /** @param {JsonInput} response For the model to read. */
  constructor(response) {
    /** @readonly @type {JsonInput} */
    this.response = response;
  }
}

/**
 * A tool that works.
 * @typedef {FakeWork<ToolResponse>} FakeRunning
 */

/** Tools that answer what the test says, and note down how they were called. */
export class Tools {
  /** @type {Map<string, FakeTool>} */
  #tools;
  /** @type {People} */
  #people;
  /** @type {FakeRunning[]} */
  #started = [];
  /** @type {CalledTool[]} */
  #calls = [];

  /**
   * @param {NonNullable<FakeHostOptions["tools"]>} tools
   * @param {People} people Who approves calls.
   */
  constructor(tools, people) {
    const named = Object.entries(tools).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#tools = new Map(named.map(([name, tool]) => [name, typeof tool === "function" ? { run: tool } : tool]));
    this.#people = people;
  }

  /** @returns {Tool[]} */
  available() {
    return [...this.#tools].map(([name, { description = "", parameters = { type: "object" }, hints = {}, extra }]) => {
      const { readOnly = false, destructive = false, idempotent = false, openWorld = false, needsApproval = false } = hints;
      return {
        name,
        description,
        parameters: copy(parameters, `the parameters of \`${name}\``),
        hints: { readOnly, destructive, idempotent, openWorld, needsApproval },
        extra: extra === undefined ? undefined : copy(extra, `the \`extra\` of \`${name}\``),
      };
    });
  }

  /**
   * Starts a call.
   *
   * @param {ToolCall} call
   * @param {ToolRequestOptions} options
   * @param {Clock} clock
   * @returns {FakeRunning}
   * @throws {Failure} Where the run is to end, or there is no tool of this name.
   */
  start(call, options, clock) {
    const raw = lowerCall(call);
    const { relayEvents, timeoutMs, idempotencyKey, extra } = lowerToolOptions(options);
    clock.check();
    const tool = this.#tools.get(raw.name);
    if (!tool) throw notFound("tool", raw.name, this.#tools.keys());
    /** @type {CalledTool} */
    const called = {
      id: raw.id,
      tool: raw.name,
      args: decode(raw.args),
      ...defined({ timeoutMs, idempotencyKey, extra: liftedJson(extra) }),
      relay: relayEvents,
      cancelled: false,
    };
    this.#calls.push(called);
    const stopped = new Failure("failed", `the call of ${raw.name} was given up`, { code: "cancelled" });
    const running = new FakeWork(clock, this.#ending(tool, raw, timeoutMs), stopped, called);
    this.#started.push(running);
    return running;
  }

  /**
   * Starts all of them, and waits for their ends. Each fails for itself where the run is to end.
   *
   * @param {ToolCall[]} calls
   * @param {ToolRequestOptions} options
   * @param {Clock} clock
   * @returns {(ToolResponse | Failure)[]}
   */
  callAll(calls, options, clock) {
    const started = calls.map((call) => attempt(() => this.start(call, options, clock)));
    return started.map((running) => (running instanceof Failure ? running : attempt(() => running.wait())));
  }

  /**
   * The run is over, and with it what it left running.
   * @returns {CalledTool[]} How they were called.
   */
  finish() {
    for (const running of this.#started) running.dispose();
    return this.#calls;
  }

  /**
   * @param {FakeTool} tool
   * @param {RawCall} call
   * @param {number} [timeoutMs]
   * @returns {Ending<ToolResponse>}
   */
  #ending(tool, call, timeoutMs = Infinity) {
    let args = decode(call.args);
    if (tool.hints?.needsApproval) {
      const decision = this.#people.approves(`Call ${call.name}?`, args, APPROVAL_MS);
      if (!decision) return { afterMs: APPROVAL_MS, end: expired() };
      if (!decision.approved) return { afterMs: 0, end: rejected(call.name, decision) };
      args = decision.edited ?? args;
    }
    const takesMs = millis(tool.takesMs ?? 0);
    if (timeoutMs < takesMs) {
      return { afterMs: timeoutMs, end: new Failure("deadline-exceeded", `${call.name} took too long`) };
    }
    return { afterMs: takesMs, end: answer(tool, call, args) };
  }
}

/**
 * @param {FakeTool} tool
 * @param {RawCall} call
 * @param {Json} args
 * @returns {(() => ToolResponse) | Failure}
 */
function answer(tool, { id, name }, args) {
  const answered = attempt(() => tool.run(args));
  if (answered instanceof Failure) return answered;
  const failed = answered instanceof Failed;
  const response = encode(failed ? answered.response : answered, `the response of \`${name}\``);
  return () => liftResponse({ id, name, response, failed });
}

/** @returns {Failure} */
function expired() {
  return new Failure("deadline-exceeded", "nobody approved it in time", { code: "expired" });
}

/**
 * @param {string} name
 * @param {Decision} decision
 * @returns {Failure}
 */
function rejected(name, { reason }) {
  const why = reason === undefined ? "" : `: ${reason}`;
  return Failure.denied(`a person did not approve the call of ${name}${why}`, { code: "rejected" });
}
