/**
 * Lets modules that only a component can load be loaded by Node: each import of the world is a function of
 * `globalThis.imports`, which a test sets.
 */

const FUNCTIONS = new Map(
  Object.entries({
    "rak:agent/agents@0.1.5": ["available", "call", "start"],
    "rak:agent/artifacts@0.1.5": ["save", "load", "read", "available", "versions", "remove"],
    "rak:agent/context@0.1.5": ["get", "config", "configKeys", "isCancelled", "remainingMs"],
    "rak:agent/events@0.1.5": ["emit"],
    "rak:agent/http@0.1.5": ["fetch", "open"],
    "rak:agent/log@0.1.5": ["write"],
    "rak:agent/models@0.1.5": ["available", "complete", "open", "embed"],
    "rak:agent/people@0.1.5": ["approve", "ask", "nextMessage"],
    "rak:agent/session@0.1.5": ["history", "get", "set", "remove", "keys"],
    "rak:agent/tools@0.1.5": ["available", "call", "callAll", "start"],
    "rak:agent/wait@0.1.5": ["any", "sleep", "timer"],
    "wasi:cli/stderr@0.2.6": ["getStderr"],
    "wasi:cli/stdout@0.2.6": ["getStdout"],
    "wasi:random/random@0.2.6": ["getRandomBytes"],
  }),
);

export async function resolve(specifier, context, next) {
  return FUNCTIONS.has(specifier) ? { url: specifier, shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  const names = FUNCTIONS.get(url);
  if (!names) return next(url, context);
  const source = names
    .map((name) => `export const ${name} = (...values) => globalThis.imports["${url}"].${name}(...values);`)
    .join("\n");
  return { format: "module", source, shortCircuit: true };
}
