/**
 * Values as a line of text, for `console`.
 */
/**
 * @param {unknown[]} values
 * @returns {string}
 */
export declare function format(values: unknown[]): string;
