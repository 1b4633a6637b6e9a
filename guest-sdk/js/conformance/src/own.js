/** What the language has of its own. */

import { LEVELS } from "rak";

export const own = {
  log(cx) {
    for (const level of LEVELS) cx.log.write(level, `line ${level}`, { k: "v" });
    return "logged";
  },

  print(_cx, text) {
    console.log(text);
    return "printed";
  },

  time: () => String(Date.now()),

  random: () => hex(crypto.getRandomValues(new Uint8Array(16))),
};

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
