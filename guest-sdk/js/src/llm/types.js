/**
 * The types of `rak/llm` are in `types.d.ts`; there is nothing of them when it runs.
 */

export {};
