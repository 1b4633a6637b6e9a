/**
 * `console` over the standard output and error of the component.
 */
/** @param {unknown[]} values */
declare const out: (...values: unknown[]) => void;
/** @param {unknown[]} values */
declare const err: (...values: unknown[]) => void;
/** The functions of `console` that write a line. */
export declare const console: {
    log: typeof out;
    info: typeof out;
    debug: typeof out;
    dir: (/** @type {unknown} */ value: unknown) => void;
    warn: typeof err;
    error: typeof err;
    trace: (/** @type {unknown[]} */ ...values: unknown[]) => void;
    assert: (/** @type {unknown} */ condition: unknown, /** @type {unknown[]} */ ...values: unknown[]) => void;
};
export {};
