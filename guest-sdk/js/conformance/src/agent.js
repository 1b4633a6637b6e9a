/**
 * The agent that shows that JavaScript has all of the contract: see `guest-sdk/CONFORMANCE.md`.
 */

import { Content, Failure, agent } from "rak";

import { agents } from "./agents.js";
import { artifacts } from "./artifacts.js";
import { content } from "./content.js";
import { context } from "./context.js";
import { failing } from "./failing.js";
import { http } from "./http.js";
import { models } from "./models.js";
import { own } from "./own.js";
import { people } from "./people.js";
import { session } from "./session.js";
import { tools } from "./tools.js";
import { waiting } from "./waiting.js";

/** Every behaviour, by its name. Each takes the context, the argument and the input. */
const behaviours = new Map(
  Object.entries({
    ...content,
    ...failing,
    ...session,
    ...context,
    ...waiting,
    ...people,
    ...agents,
    ...tools,
    ...models,
    ...http,
    ...artifacts,
    ...own,
  }),
);

export default agent({
  name: "conformance",
  description: "Does what the specification says.",
  version: "1.2.3",
  skills: [
    {
      id: "conform",
      name: "Conform",
      description: "Runs one behaviour.",
      tags: ["test", "contract"],
      examples: ["echo hello"],
    },
  ],
  inputSchema: { type: "string" },
  extra: { language: "javascript" },

  *run(cx, input) {
    const [, name, argument] = /^([^ ]*) ?([^]*)$/.exec(firstText(input));
    const behaviour = behaviours.get(name);
    if (!behaviour) throw Failure.invalidArgument(`no behaviour is called ${name}`);
    const answer = behaviour(cx, argument, input);
    return typeof answer?.next === "function" ? yield* answer : answer;
  },
});

/**
 * @param {Content} input
 * @returns {string}
 */
function firstText({ parts: [first] }) {
  return first?.type === "text" ? first.text : "";
}
