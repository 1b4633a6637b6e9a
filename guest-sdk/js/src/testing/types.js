/**
 * The types of `rak/testing` are in `types.d.ts`; there is nothing of them when it runs.
 */

export {};
