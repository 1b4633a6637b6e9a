/** The history and the state. */

export const session = {
  set(cx, argument) {
    const [, key, value] = /^([^ ]*) ([^]*)$/.exec(argument);
    cx.session.set(key, JSON.parse(value));
    return "set";
  },

  get: (cx, key) => compact(cx.session.get(key)),

  remove(cx, key) {
    cx.session.remove(key);
    return "removed";
  },

  keys: (cx, prefix) => cx.session.keys(prefix).join(","),

  history: (cx, limit) => lines(cx.session.history(Number(limit)).entries),

  pages(cx, limit) {
    const newestFirst = [...cx.session.pages(Number(limit))];
    return lines(newestFirst.reverse().flatMap((page) => page.entries));
  },
};

/**
 * @param {import("rak").Json | undefined} value
 * @returns {string}
 */
export function compact(value) {
  return value === undefined ? "none" : JSON.stringify(value);
}

/**
 * @param {import("rak").Entry[]} entries
 * @returns {string}
 */
function lines(entries) {
  return entries.map(({ author, content }) => `${author}: ${content.text}`).join("\n");
}
