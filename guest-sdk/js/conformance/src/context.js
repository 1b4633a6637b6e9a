/** Who asks, and what is left. */

import { compact } from "./session.js";

export const context = {
  context(cx) {
    const { invocationId, sessionId, userId, agent, agentVersion, attempt } = cx.info;
    return JSON.stringify({ invocationId, sessionId, userId, agent, agentVersion, attempt });
  },

  config: (cx, key) => compact(cx.config(key)),

  "config-keys": (cx) => cx.configKeys().join(","),

  remaining: (cx) => (cx.remainingMs() === undefined ? "none" : "some"),
};
