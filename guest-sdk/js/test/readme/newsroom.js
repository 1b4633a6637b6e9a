import { Outcome } from "rak";
import { llmAgent, tool } from "rak/llm";
import { loop, parallel, sequential } from "rak/workflow";

const approve = tool(
  { name: "approve", description: "Says that the report is good as it is." },
  () => new Outcome({ escalate: true }),
);

const writer = llmAgent({
  instruction: "Write a report of what you are told. Your last draft: {draft?}",
  outputKey: "draft",
});
const critic = llmAgent({
  instruction: "Say what is wrong with the report, or approve of it.",
  tools: [approve],
});

export default sequential([parallel(["archive", "weather"]), loop([writer, critic], { maxIterations: 3 })]);
