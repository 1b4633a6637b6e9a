/**
 * Agents made of agents, one after the other, side by side, again and again: `rak/workflow`.
 *
 * ```js
 * import { loop, sequential } from "rak/workflow";
 *
 * export default sequential(["researcher", loop([writer, "critic"], { maxIterations: 3 })]);
 * ```
 *
 * A step is the name of another agent, which is called as a child that the client sees; a function as `agent({ run })` has it; or an
 * agent of this component, such as one that `llmAgent` makes. What one step answers is what the next one is told. Steps are not
 * asynchronous.
 */

import { agent } from "./agent.js";
import { Content, text } from "./content.js";
import { Outcome } from "./outcome.js";
import { isThenable, run } from "./run.js";

/** @import { AgentReply, Child } from "./agents.js" */
/** @import { Context } from "./context.js" */
/** @import { Agent, AgentDefinition, Descriptor } from "./types.js" */

/**
 * A step of a workflow.
 * @typedef {string | AgentDefinition | AgentDefinition["run"]} Step
 */

/**
 * Runs its steps one after the other, and answers what the last one does. A step that escalates or hands the conversation over
 * is the last one, and the outcome says so, too.
 *
 * @param {readonly Step[]} steps
 * @param {Descriptor} [descriptor] What the agent says about itself.
 * @returns {Agent<Outcome>}
 * @throws {TypeError} Where there are no steps.
 */
export function sequential(steps, descriptor = {}) {
  const checked = check(steps);
  return agent({ ...descriptor, run: (cx, input) => inOrder(cx, checked, input, new Outcome()) });
}

/**
 * Runs its steps one after the other, again and again: until one escalates or hands the conversation over, and `maxIterations` times
 * at most. It answers what the last step did; one that escalates without an answer leaves that of the step before it.
 *
 * @param {readonly Step[]} steps
 * @param {Descriptor & { maxIterations: number }} options How often, and what the agent says about itself.
 * @returns {Agent<Outcome>}
 * @throws {TypeError} Where there are no steps, or it is not said how often.
 */
export function loop(steps, { maxIterations, ...descriptor }) {
  const checked = check(steps);
  if (!Number.isInteger(maxIterations)) throw new TypeError("`maxIterations` is a whole number");
  return agent({
    ...descriptor,
    run(cx, input) {
      let [told, outcome] = [input, new Outcome()];
      for (let iteration = 0; iteration < maxIterations; iteration += 1) {
        outcome = inOrder(cx, checked, told, outcome);
        if (isOver(outcome)) break;
        told = next(outcome);
      }
      // It is this workflow that was to stop, and not the one above it.
      return new Outcome({ ...outcome, escalate: false });
    },
  });
}

/**
 * Tells all of its steps the same, and answers what they do, in the order of the steps, with an empty line between them. Other
 * agents work at the same time, and meanwhile the steps of this component, one after the other. The first failure ends all.
 *
 * @param {readonly Step[]} steps
 * @param {Descriptor} [descriptor] What the agent says about itself.
 * @returns {Agent<Outcome>}
 * @throws {TypeError} Where there are no steps.
 */
export function parallel(steps, descriptor = {}) {
  const checked = check(steps);
  return agent({ ...descriptor, run: (cx, input) => joined(sideBySide(cx, checked, input)) });
}

/**
 * @param {readonly Step[]} steps
 * @returns {(string | AgentDefinition)[]}
 * @throws {TypeError} Where there are none, or one is none.
 */
function check(steps) {
  if (!Array.isArray(steps) || steps.length === 0) throw new TypeError("a workflow needs a list of steps");
  return steps.map((step) => {
    if (typeof step === "string") return step;
    return agent(typeof step === "function" ? { run: step } : step);
  });
}

/**
 * Runs the steps up to one that escalates or hands over. Where that answers nothing, the answer before it stands.
 *
 * @param {Context} cx
 * @param {readonly (string | AgentDefinition)[]} steps
 * @param {Content} input
 * @param {Outcome} before
 * @returns {Outcome}
 */
function inOrder(cx, steps, input, before) {
  let [told, last] = [input, before];
  for (const step of steps) {
    const outcome = typeof step === "string" ? outcomeOf(cx.agents.call(step, told, { relay: true })) : here(cx, step, told);
    if (isOver(outcome)) return new Outcome({ ...outcome, content: outcome.content ?? last.content });
    [told, last] = [next(outcome), outcome];
  }
  return last;
}

/**
 * @param {Context} cx
 * @param {readonly (string | AgentDefinition)[]} steps
 * @param {Content} input
 * @returns {Outcome[]}
 */
function sideBySide(cx, steps, input) {
  const children = /** @type {Map<number, Child>} */ (new Map());
  try {
    steps.forEach((step, index) => {
      if (typeof step === "string") children.set(index, cx.agents.start(step, input, { relay: true }));
    });
    const meanwhile = steps.map((step) => (typeof step === "string" ? undefined : here(cx, step, input)));
    return meanwhile.map((outcome, index) => outcome ?? outcomeOf(/** @type {Child} */ (children.get(index)).finish()));
  } finally {
    for (const child of children.values()) child.dispose();
  }
}

/**
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
function joined(outcomes) {
  const answers = outcomes.flatMap(({ content }) => (content && content.parts.length > 0 ? [content.parts] : []));
  const parts = answers.flatMap((answer, index) => (index > 0 ? [text("\n\n"), ...answer] : answer));
  const transferTo = outcomes.find((outcome) => outcome.transferTo !== undefined)?.transferTo;
  return new Outcome({ content: new Content("model", parts), escalate: outcomes.some(({ escalate }) => escalate), transferTo });
}

/**
 * Runs an agent of this component.
 *
 * @param {Context} cx
 * @param {AgentDefinition} step
 * @param {Content} input
 * @returns {Outcome}
 */
function here(cx, step, input) {
  const outcome = run(step, cx, input);
  if (isThenable(outcome)) throw new TypeError("a step of a workflow is not asynchronous");
  return outcome;
}

/**
 * @param {AgentReply} reply
 * @returns {Outcome}
 */
function outcomeOf({ content, escalate, transferTo, extra }) {
  return new Outcome({ content, escalate, transferTo, extra });
}

/**
 * @param {Outcome} outcome
 * @returns {boolean}
 */
function isOver({ escalate, transferTo }) {
  return escalate || transferTo !== undefined;
}

/**
 * What the next step is told: what this one answered, without its thoughts.
 *
 * @param {Outcome} outcome
 * @returns {Content}
 */
function next({ content }) {
  return new Content("user", content?.parts.filter(({ type }) => type !== "thought"));
}
