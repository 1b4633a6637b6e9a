/**
 * One run of an agent, on any host.
 */

import { Failure } from "./failure.js";
import { Outcome } from "./outcome.js";

/** @import { Content } from "./content.js" */
/** @import { Context } from "./context.js" */
/** @import { Events } from "./events.js" */
/** @import { Agent } from "./types.js" */

/**
 * Runs an agent to its end. What it yields is emitted, and whatever it throws becomes a failure.
 *
 * @param {Agent} agent
 * @param {Context} cx
 * @param {Content} input
 * @returns {Outcome | Promise<Outcome>} A promise where the agent is asynchronous; it fails as the call does.
 * @throws {Failure}
 */
export function run(agent, cx, input) {
  try {
    const result = start(agent, cx, input);
    return isThenable(result) ? result.then(Outcome.from).catch(fail) : Outcome.from(result);
  } catch (thrown) {
    return fail(thrown);
  }
}

/**
 * @param {Agent} agent
 * @param {Context} cx
 * @param {Content} input
 * @returns {unknown}
 */
function start(agent, cx, input) {
  const result = agent.run(cx, input);
  if (isIterator(result, Symbol.iterator)) return drive(result, cx.events);
  if (isIterator(result, Symbol.asyncIterator)) return driveAsync(result, cx.events);
  return result;
}

/**
 * @param {unknown} thrown
 * @returns {never}
 */
function fail(thrown) {
  throw Failure.from(thrown);
}

/**
 * Emits what a generator yields. A refused event is thrown into it, where its `finally` blocks see it.
 *
 * @param {Generator<any, unknown, number>} generator
 * @param {Events} events
 * @returns {unknown}
 */
function drive(generator, events) {
  let step = generator.next(/** @type {any} */ (undefined));
  while (!step.done) {
    const [seq, refused] = attempt(events, step.value);
    step = refused ? generator.throw(refused) : generator.next(seq);
  }
  return step.value;
}

/**
 * @param {AsyncGenerator<any, unknown, number>} generator
 * @param {Events} events
 * @returns {Promise<unknown>}
 */
async function driveAsync(generator, events) {
  let step = await generator.next(/** @type {any} */ (undefined));
  while (!step.done) {
    const [seq, refused] = attempt(events, step.value);
    step = await (refused ? generator.throw(refused) : generator.next(seq));
  }
  return step.value;
}

/**
 * @param {Events} events
 * @param {any} yielded
 * @returns {[number, Error | undefined]}
 */
function attempt(events, yielded) {
  try {
    return [events.emit(yielded), undefined];
  } catch (refused) {
    return [0, refused instanceof Error ? refused : Failure.from(refused)];
  }
}

/**
 * @param {unknown} value
 * @returns {value is Promise<unknown>}
 */
export function isThenable(value) {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/**
 * @param {unknown} value
 * @param {symbol} symbol
 * @returns {value is Generator<any, unknown, any> & AsyncGenerator<any, unknown, any>}
 */
function isIterator(value, symbol) {
  return typeof value === "object" && value !== null && symbol in value && "next" in value && "throw" in value;
}
