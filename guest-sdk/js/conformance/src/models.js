/** Models. */

import { Content, functionResponse } from "rak";

import { failureOf, split } from "./agents.js";

const NUMBER = { type: "number" };
const ADD = { name: "add", description: "Adds.", parameters: { type: "object", properties: { a: NUMBER, b: NUMBER } } };

export const models = {
  models: (cx) =>
    cx.models
      .available()
      .map(({ name }) => name)
      .join(","),

  complete(cx, argument) {
    const [model, text] = split(argument);
    const response = cx.models.complete(text, { model: alias(model) });
    const { inputTokens, outputTokens } = response.usage;
    return JSON.stringify({ text: response.text, finish: response.finish, input: inputTokens, output: outputTokens });
  },

  relay: (cx, text) => cx.models.complete(text, { relay: "all" }).text,

  *deltas(cx, text) {
    const completion = cx.models.open(text);
    for (const delta of completion) {
      if (delta.type === "text-delta" || delta.type === "thought-delta") yield delta;
    }
    return completion.finish().text;
  },

  "drop-model"(cx, text) {
    cx.models.open(text).dispose();
    return "dropped";
  },

  function(cx) {
    const options = { model: "caller", tools: [ADD] };
    const said = [Content.user("add, please")];
    const { content, functionCalls } = cx.models.complete(said, options);
    const [{ id, name, args }] = functionCalls;
    said.push(content, new Content("function", [functionResponse(id, name, { sum: 3 })]));
    return `${JSON.stringify(args)} ${cx.models.complete(said, options).text}`;
  },

  structured(cx, text) {
    const responseSchema = { type: "object", required: ["mood"] };
    return JSON.stringify(cx.models.complete(text, { responseSchema }).json());
  },

  "model-fails"(cx, argument) {
    const [model, text] = split(argument);
    return failureOf(() => cx.models.complete(text, { model: alias(model) }));
  },

  embed(cx, text) {
    const [first, second] = cx.models.embed([text, ""]).vectors;
    return `${first.length},${second.length},${first[0]}`;
  },
};

/**
 * The model that is meant: `-` is the default.
 * @param {string} name
 */
function alias(name) {
  return name === "-" ? undefined : name;
}
