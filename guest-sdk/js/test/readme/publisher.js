import { Failure, agent } from "rak";

const LANGUAGES = ["German", "French"];

export default agent({
  run(cx, input) {
    const summary = cx.agents.call("summarizer", input, { timeoutMs: 60_000 }).text;
    // One for each language, at the same time.
    const tasks = LANGUAGES.map((language) => ({ agent: "translator", input: `${language}: ${summary}` }));
    const lines = cx.agents.callAll(tasks).map((reply, index) =>
      reply instanceof Failure ? `(not in ${LANGUAGES[index]}: ${reply.message})` : reply.text,
    );
    const critic = cx.agents.start("critic", summary);
    // What is worth waiting for, but not for long.
    const [ready] = cx.waitAny([critic], 5000);
    if (ready !== undefined) lines.push(critic.finish().text);
    return [summary, ...lines].join("\n");
  },
});
