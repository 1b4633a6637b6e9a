/**
 * What a model is told of what was said before.
 */

import { Content } from "../content.js";

/** @import { Context } from "../context.js" */
/** @import { FunctionResponsePart, Part } from "../types.js" */
/** @import { HistoryLimits } from "./types.js" */

/** The most entries that the host gives at once. */
const PAGE = 1000;

/** What of an answer is worth telling without the calls in it: what the model thought belongs to them. */
const SHOWN = ["text", "inline-data", "file-data"];

/**
 * The part of the history that a model is told, oldest first: from something on that the user said.
 *
 * @param {Context} cx
 * @param {HistoryLimits} limits
 * @param {ReadonlySet<string>} names Those of the functions that it may call.
 * @returns {Content[]}
 */
export function readHistory(cx, limits, names) {
  const contents = paired(newest(cx, limits).reverse(), names);
  const first = contents.findIndex(({ role }) => role === "user");
  return first < 0 ? [] : contents.slice(first);
}

/**
 * As much as may be told, newest first.
 *
 * @param {Context} cx
 * @param {HistoryLimits} limits
 * @returns {Content[]}
 */
function newest(cx, { entries = 200, size = 200_000 }) {
  /** @type {Content[]} */
  const contents = [];
  /** @type {number | undefined} */
  let before;
  while (contents.length < entries) {
    const page = cx.session.history(Math.min(entries - contents.length, PAGE), before);
    for (const { content } of page.entries.reverse()) {
      size -= content.parts.reduce((sum, part) => sum + sizeOf(part), 0);
      if (size < 0) return contents;
      contents.push(content);
    }
    before = page.next;
    if (before === undefined) break;
  }
  return contents;
}

/**
 * The contents with each call of one of these functions beside its response, as providers want it. A run that ended between them
 * leaves a call alone, and a function may have said something in the middle, which comes before the call then.
 *
 * @param {readonly Content[]} contents
 * @param {ReadonlySet<string>} names
 * @returns {Content[]}
 */
function paired(contents, names) {
  /** @type {Content[]} */
  const told = [];
  /** @type {Content | undefined} */
  let calls;
  /** @type {FunctionResponsePart[]} */
  let responses = [];
  const settle = () => {
    if (calls) told.push(...pair(calls, responses, names));
    calls = undefined;
    responses = [];
  };
  for (const content of contents) {
    const answered = content.parts.filter((part) => part.type === "function-response");
    if (answered.length > 0) {
      if (calls) responses.push(...answered);
    } else if (content.parts.some(({ type }) => type === "function-call")) {
      settle();
      calls = content;
    } else if (content.parts.length > 0) {
      if (responses.length > 0 || content.role === "user") settle();
      told.push(content);
    }
  }
  settle();
  return told;
}

/**
 * @param {Content} calls
 * @param {readonly FunctionResponsePart[]} responses
 * @param {ReadonlySet<string>} names
 * @returns {Content[]}
 */
function pair({ role, parts }, responses, names) {
  const asked = new Set(parts.flatMap((part) => (part.type === "function-call" && names.has(part.name) ? [part.id] : [])));
  const told = responses.filter(({ id }) => asked.has(id));
  const answered = new Set(told.map(({ id }) => id));
  const said = parts.filter((part) => (part.type === "function-call" ? answered.has(part.id) : told.length > 0 || SHOWN.includes(part.type)));
  return [new Content(role, said), new Content("function", told)].filter((content) => content.parts.length > 0);
}

/**
 * @param {Part} part
 * @returns {number}
 */
function sizeOf(part) {
  switch (part.type) {
    case "text":
    case "thought":
      return part.text.length;
    case "inline-data":
      return part.data.length;
    case "function-call":
      return JSON.stringify(part.args).length;
    case "function-response":
      return JSON.stringify(part.response).length;
    default:
      return 0;
  }
}
