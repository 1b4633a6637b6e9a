import { agent, custom } from "rak";

type Sum = { a: number; b: number };

export default agent({
  name: "adder",
  description: "Adds two numbers.",
  version: "1.0.0",
  skills: [{ id: "add", name: "Add", description: "Adds what is sent.", examples: ['{"a": 1, "b": 2}'] }],
  inputSchema: {
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
  },

  *run(cx, input) {
    const { a, b } = input.json<Sum>();
    // A program that talks to the agent reads this; the number is the event's place in the run.
    const seq: number = yield custom("sum", { value: a + b });
    cx.log.debug("added", { seq });
    return `${a} and ${b} make ${a + b}.`;
  },
});
