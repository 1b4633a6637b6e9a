import { agent } from "rak";

const responseSchema = {
  type: "object",
  properties: { score: { type: "integer" }, why: { type: "string" } },
  required: ["score", "why"],
};

export default agent({
  *run(cx, input) {
    const completion = cx.models.open(`A poem about ${input.text}, please.`, { model: "large", temperature: 1 });
    // The client reads along.
    for (const delta of completion) if (delta.type === "text-delta") yield delta;
    const poem = completion.finish().text;
    const judged = cx.models.complete(poem, { system: "Judge this poem.", responseSchema });
    const { score, why } = judged.json();
    return `${poem}\n(${score} of 10: ${why})`;
  },
});
