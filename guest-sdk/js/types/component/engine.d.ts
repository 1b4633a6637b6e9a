/**
 * What every author expects and QuickJS does not have: `console`, `crypto`, `TextEncoder`, `TextDecoder`, and a
 * `Math.random` that differs from run to run. StarlingMonkey has its own.
 */
/** Says that the component runs: every export does so first. */
export declare function begin(): void;
