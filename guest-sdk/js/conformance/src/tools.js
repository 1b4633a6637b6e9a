/** Tools. */

import { Failure, functionCall } from "rak";

import { failureOf, split } from "./agents.js";

export const tools = {
  tools: (cx) =>
    cx.tools
      .available()
      .map(({ name }) => name)
      .join(","),

  hints(cx, name) {
    const { hints } = cx.tools.available().find((tool) => tool.name === name);
    const hinted = Object.keys(hints).filter((hint) => hints[hint]);
    return hinted.map((hint) => hint.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).join(",");
  },

  tool: (cx, argument) => JSON.stringify(told(cx.tools.call(asked(argument)))),

  "tool-fails": (cx, argument) => failureOf(() => cx.tools.call(asked(argument))),

  "tool-all": (cx, argument) => JSON.stringify(cx.tools.callAll(Array(3).fill(asked(argument))).map(told)),

  "tool-start"(cx, argument) {
    const running = cx.tools.start(asked(argument));
    cx.waitAny([running]);
    return JSON.stringify(told(running.finish()));
  },
};

/** @param {string} argument */
function asked(argument) {
  const [name, args] = split(argument);
  return functionCall("1", name, JSON.parse(args));
}

/**
 * @param {import("rak").ToolResponse | Failure} answer
 * @throws {Failure}
 */
function told(answer) {
  if (answer instanceof Failure) throw answer;
  const { response, failed } = answer;
  return { response, failed };
}
