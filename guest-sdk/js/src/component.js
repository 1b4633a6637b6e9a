/**
 * What the generated entry of a component uses. Not for authors: it can be loaded only inside a component.
 *
 * ```js
 * import { component } from "rak/component";
 * import agent from "../src/agent.js";
 * export const entry = component(agent, { name: "greeter", description: "Greets.", version: "1.0.0" });
 * ```
 *
 * It is imported before the agent, so that what the engine lacks is there when the agent's modules are evaluated.
 */

import { begin } from "./component/engine.js";
import { imports } from "./component/imports.js";
import { agent as checked } from "./agent.js";
import { Context } from "./context.js";
import { liftContent } from "./contract/content.js";
import { lowerDescriptor, lowerFailure, lowerOutcome } from "./contract/entry.js";
import { Failure } from "./failure.js";
import { isThenable, run } from "./run.js";

/** @import { RawContent } from "./contract/content.js" */
/** @import { Outcome } from "./outcome.js" */
/** @import { Agent } from "./types.js" */

/**
 * What `package.json` says, for an agent that does not say it itself.
 * @typedef {{ name?: string, description?: string, version?: string }} Manifest
 */

/** Whether the engine has an event loop, and so can wait for a promise. QuickJS, as it is built here, cannot. */
const canWait = typeof globalThis.setTimeout === "function";

/** What to do about an asynchronous agent where nothing can wait for it. */
const ENGINE = 'set "rak": {"engine": "starlingmonkey"} in package.json, or make `run` a plain function or generator';

/**
 * The export `entry` of the world, made of an agent.
 *
 * @param {Agent} agent The default export of the agent's module.
 * @param {Manifest} [manifest]
 * @throws {TypeError} Where it is no agent, or one that this engine cannot run. The component is then not built.
 */
export function component(agent, manifest = {}) {
  const definition = checked(agent);
  refuseAsync(definition);
  const descriptor = lowerDescriptor({ ...fromManifest(manifest), ...withoutUndefined(definition) });
  return {
    describe() {
      begin();
      return descriptor;
    },
    /** @param {RawContent} input */
    run(input) {
      begin();
      try {
        const outcome = run(definition, new Context(imports), liftContent(input));
        return isThenable(outcome) ? waitFor(outcome) : lowerOutcome(outcome);
      } catch (thrown) {
        return fail(thrown);
      }
    },
  };
}

/**
 * @param {Manifest} manifest
 * @returns {Manifest}
 */
function fromManifest({ name = "", description = "", version = "" }) {
  return { name: name.replace(/^@[^/]*\//, ""), description, version };
}

/**
 * @template {object} T
 * @param {T} object
 * @returns {T}
 */
function withoutUndefined(object) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

/** @param {Agent} agent */
function refuseAsync({ run }) {
  const kind = Object.prototype.toString.call(run);
  if (!canWait && (kind === "[object AsyncFunction]" || kind === "[object AsyncGeneratorFunction]")) {
    throw new TypeError(`the agent's \`run\` is asynchronous, and QuickJS cannot wait for it: ${ENGINE}`);
  }
}

/**
 * @param {Promise<Outcome>} outcome
 * @throws {Failure} `unsupported` where nothing can wait for it.
 */
function waitFor(outcome) {
  if (!canWait) throw Failure.unsupported(`the agent returned a promise, and QuickJS cannot wait for it: ${ENGINE}`);
  return outcome.then(lowerOutcome).catch(fail);
}

/**
 * Both engines make the failure of the contract out of such a value, and trap on any other.
 *
 * @param {unknown} thrown
 * @returns {never}
 */
function fail(thrown) {
  throw lowerFailure(Failure.from(thrown));
}
