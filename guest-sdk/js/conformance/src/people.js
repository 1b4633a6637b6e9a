/** A person in the loop. */

export const people = {
  approve(cx, argument) {
    const [options, details] = asking(argument);
    const { approved, by = null, reason = null, edited = null } = cx.people.approve("Do it?", details, options);
    return JSON.stringify({ approved, by, reason, edited });
  },

  ask(cx, argument) {
    const [options, schema] = asking(argument);
    return JSON.stringify(cx.people.ask("Well?", schema, options));
  },

  message(cx, ms) {
    const said = cx.people.nextMessage(ms === "ever" ? undefined : Number(ms));
    return said ? said.parts[0].text : "none";
  },

  expired(cx) {
    try {
      return JSON.stringify(cx.people.ask("Well?", {}, { expiresInMs: 1 }));
    } catch ({ kind, code }) {
      return `${kind} ${code}`;
    }
  },
};

/**
 * When a question expires, and what it is about.
 *
 * @param {string} argument
 * @returns {[import("rak").QuestionOptions, import("rak").Json]}
 */
function asking(argument) {
  const [, ms, json] = /^([^ ]*) ([^]*)$/.exec(argument);
  return [{ expiresInMs: Number(ms) || undefined }, JSON.parse(json)];
}
