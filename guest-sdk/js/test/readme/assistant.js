import { Failure, agent } from "rak";

export default agent({
  run(cx, input) {
    // What a model is told: what it may call, and with what.
    const tools = cx.tools.available().map(({ name, parameters }) => ({ name, parameters }));
    const { response } = cx.tools.call("model", { question: input.text, tools }, { timeoutMs: 60_000 });
    const { calls } = response;
    const lines = cx.tools.callAll(calls).map((answer, index) => {
      const { name } = calls[index];
      if (answer instanceof Failure) return `${name} could not be called: ${answer.message}`;
      const said = JSON.stringify(answer.response);
      return answer.failed ? `${name} says that it failed: ${said}` : `${name}: ${said}`;
    });
    return lines.join("\n");
  },
});
