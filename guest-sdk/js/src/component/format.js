/**
 * Values as a line of text, for `console`.
 */

/**
 * @param {unknown[]} values
 * @returns {string}
 */
export function format(values) {
  return values.map(show).join(" ");
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function show(value) {
  if (typeof value === "string") return value;
  // QuickJS leaves the message out of the stack.
  if (value instanceof Error) return [String(value), value.stack?.trimEnd()].filter(Boolean).join("\n");
  if (typeof value === "function") return `[function ${value.name || "anonymous"}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return showObject(value);
}

/**
 * @param {object} value
 * @returns {string}
 */
function showObject(value) {
  try {
    return JSON.stringify(value, readable) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/**
 * What JSON would leave out or refuse.
 *
 * @param {string} _key
 * @param {unknown} value
 * @returns {unknown}
 */
function readable(_key, value) {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Map || value instanceof Set) return [...value];
  if (value instanceof Error) return String(value);
  return value;
}
