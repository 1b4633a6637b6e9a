/**
 * Agents for the RAK host, in JavaScript and TypeScript: one object with a function, one WebAssembly component.
 *
 * `rak/llm` has agents that a model speaks for, `rak/workflow` agents made of agents, and `rak/testing` the fake host for unit tests.
 * `rak/component` is for the generated entry of a component, not for authors.
 */

export { agent } from "./agent.js";
export { AgentReply, Agents, Child } from "./agents.js";
export { Artifact, Artifacts } from "./artifacts.js";
export { Content, custom, fileData, functionCall, functionResponse, inlineData, text, thought } from "./content.js";
export { Context } from "./context.js";
export { Events, progress, textDelta, thoughtDelta } from "./events.js";
export { FAILURE_KINDS, Failure } from "./failure.js";
export { Exchange, Http, HttpHead, HttpHeaders, HttpRequest, HttpResponse } from "./http.js";
export { LEVELS, Log } from "./log.js";
export { Completion, ModelResponse, Models } from "./models.js";
export { Outcome } from "./outcome.js";
export { People } from "./people.js";
export { Session } from "./session.js";
export { Running, Tools } from "./tools.js";
export { Waitable } from "./wait.js";
export * from "./types.js";
