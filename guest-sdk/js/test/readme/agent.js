import { Failure, agent, progress } from "rak";

export default agent({
  *run(cx, input) {
    const name = input.text.trim();
    if (name === "") throw Failure.invalidArgument("send your name, for example `Ada`");

    // State: `greetings` alone would be this session's.
    const times = (cx.session.get("user:greetings") ?? 0) + 1;
    cx.session.set("user:greetings", times);

    // What the client sees while the agent works: progress, and text that is still being written.
    yield progress("thinking of something nice");
    cx.sleep(1000);
    yield `Hello, ${name}! `;

    cx.log.info("greeted", { times });
    return `Hello, ${name}! That makes ${times}.`;
  },
});
