/**
 * What an agent says of itself and how its runs end, as the contract carries it.
 */

import { Failure } from "../failure.js";
import { Outcome } from "../outcome.js";
import { millis } from "../wait.js";
import { liftContent, lowerContent } from "./content.js";
import { json, lifted, liftedJson, option, string } from "./scalars.js";

/** @import { Descriptor, FailureKind, Skill } from "../types.js" */

/**
 * A failure as the contract has it.
 *
 * @typedef {object} RawFailure
 * @property {FailureKind} kind
 * @property {string | null | undefined} code
 * @property {string} message
 * @property {number | bigint | null | undefined} retryAfterMs
 * @property {string | null | undefined} details
 */

/**
 * @param {Descriptor} descriptor
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerDescriptor({ name, description = "", version = "", skills = [], inputSchema, extra }) {
  if (!name) throw new TypeError("an agent needs a `name`, its own or that of package.json");
  return {
    name: string(name, "the name of an agent"),
    description: string(description, "the description of an agent"),
    version: string(version, "the version of an agent"),
    skills: skills.map(lowerSkill),
    inputSchema: json(inputSchema, "the input schema of an agent"),
    extra: json(extra, "the `extra` of an agent"),
  };
}

/** @param {Skill} skill */
function lowerSkill({ id, name, description = "", tags = [], examples = [] }) {
  return {
    id: string(id, "the id of a skill"),
    name: string(name, "the name of a skill"),
    description: string(description, "the description of a skill"),
    tags: tags.map((tag) => string(tag, "the tag of a skill")),
    examples: examples.map((example) => string(example, "the example of a skill")),
  };
}

/**
 * @param {Outcome} outcome
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerOutcome({ content, escalate, transferTo, extra }) {
  return {
    content: option(content, lowerContent),
    escalate: Boolean(escalate),
    transferTo: option(transferTo, (agent) => string(agent, "the agent to transfer to")),
    extra: json(extra, "the `extra` of an outcome"),
  };
}

/**
 * @param {ReturnType<typeof lowerOutcome>} raw
 * @returns {Outcome}
 */
export function liftOutcome({ content, escalate, transferTo, extra }) {
  return new Outcome({
    content: lifted(content, liftContent),
    escalate,
    transferTo: lifted(transferTo, String),
    extra: liftedJson(extra),
  });
}

/**
 * Never throws: what a failure says that is not of its type is left out, because there is nobody left to tell.
 *
 * @param {Failure} failure
 * @returns {RawFailure}
 */
export function lowerFailure({ kind, code, message, retryAfterMs, details }) {
  return {
    kind,
    code: option(code, (value) => String(value).toWellFormed()),
    message: String(message).toWellFormed(),
    retryAfterMs: attempt(() => option(retryAfterMs, (ms) => millis(/** @type {number} */ (ms)))),
    details: attempt(() => json(details, "the details of a failure")),
  };
}

/**
 * @param {RawFailure} raw
 * @returns {Failure}
 */
export function liftFailure({ kind, code, message, retryAfterMs, details }) {
  const options = { code: lifted(code, String), retryAfterMs: lifted(retryAfterMs, Number), details: liftedJson(details) };
  return new Failure(kind, message, Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
}

/**
 * @template T
 * @param {() => T} lower
 * @returns {T | undefined}
 */
function attempt(lower) {
  try {
    return lower();
  } catch {
    return undefined;
  }
}
