/**
 * The session's state, with what is stored and what is only changed kept apart.
 */
import type { Json } from "../types.js";
/** State as the contract has it: a change is seen at once and stored later. */
export declare class State {
    #private;
    /** @param {{ [key: string]: unknown }} preset */
    constructor(preset: {
        [key: string]: unknown;
    });
    /**
     * @param {string} key
     * @returns {Json | undefined}
     */
    get(key: string): Json | undefined;
    /**
     * @param {string} prefix
     * @returns {string[]}
     */
    keys(prefix: string): string[];
    /**
     * Sets a value; `null` removes it.
     * @param {string} key
     * @param {Json} value
     */
    put(key: string, value: Json): void;
    /** Stores what was changed so far. */
    store(): void;
    /** What is stored, and what of it this run changed. */
    stored(): {
        state: {
            [key: string]: Json;
        };
        changes: {
            [key: string]: Json;
        };
    };
}
