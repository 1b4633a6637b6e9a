/**
 * Agents that a model speaks for: `rak/llm`. An agent that does not import it has nothing of it in its component.
 *
 * ```js
 * import { llmAgent, params, tool } from "rak/llm";
 *
 * const add = tool(
 *   { name: "add", description: "Adds two numbers.", parameters: params({ a: "number", b: "number" }) },
 *   ({ a, b }) => a + b,
 * );
 *
 * export default llmAgent({ instruction: "You are good at sums.", tools: [add] });
 * ```
 */

export { llmAgent } from "./llm/agent.js";
export { FunctionTool, params, tool } from "./llm/function.js";
export * from "./llm/types.js";
