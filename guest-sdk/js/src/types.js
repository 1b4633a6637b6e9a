/**
 * The types of the SDK are in `types.d.ts`; there is nothing of them when it runs.
 */

export {};
