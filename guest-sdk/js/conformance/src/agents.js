/** Other agents. */

export const agents = {
  agents: (cx) =>
    cx.agents
      .available()
      .map(({ name }) => name)
      .join(","),

  call(cx, argument) {
    const [agent, text] = split(argument);
    const { content, escalate, transferTo = null, extra = null } = cx.agents.call(agent, text, { relay: true });
    return JSON.stringify({ answer: content?.parts[0]?.text ?? null, escalate, transferTo, extra });
  },

  "call-in"(cx, argument) {
    const [session, rest] = split(argument);
    const [agent, text] = split(rest);
    return cx.agents.call(agent, text, { session }).text;
  },

  "call-fails"(cx, argument) {
    const [ms, rest] = split(argument);
    const [agent, text] = split(rest);
    return failureOf(() => cx.agents.call(agent, text, { timeoutMs: Number(ms) || undefined }));
  },

  fan(cx, argument) {
    const [agent, text] = split(argument);
    const children = [1, 2, 3].map((number) => cx.agents.start(agent, `${text} ${number}`));
    return children.map((child) => child.finish().text).join(",");
  },

  race(cx, agent) {
    const children = ["sleep 3600000", "sleep 1"].map((text) => cx.agents.start(agent, text));
    const [first] = cx.waitAny(children);
    children[0].cancel();
    return `${first} ${children[first].finish().text}`;
  },

  drop(cx, agent) {
    const child = cx.agents.start(agent, "sleep 3600000");
    try {
      return child.invocationId;
    } finally {
      child.dispose();
    }
  },

  detach(cx, argument) {
    const [agent, text] = split(argument);
    return cx.agents.start(agent, text, { detached: true }).invocationId;
  },
};

/**
 * The first word, and what follows it.
 *
 * @param {string} argument
 * @returns {[string, string]}
 */
export function split(argument) {
  const [, word, rest] = /^([^ ]*) ?([^]*)$/.exec(argument);
  return [word, rest];
}

/**
 * The kind and the code of what a call fails with.
 *
 * @param {() => unknown} call
 * @returns {string}
 */
export function failureOf(call) {
  try {
    call();
  } catch ({ kind, code = "-" }) {
    return `${kind} ${code}`;
  }
  return "no failure";
}
