/**
 * Points on the fake clock.
 */
import type { Clock } from "./clock.js";
/** @import { Clock } from "./clock.js" */
/** A point on the fake clock. */
export declare class FakeTimer {
    #private;
    /** @type {number} When it is due. */
    atMs: number;
    /**
     * @param {Clock} clock
     * @param {number} atMs
     */
    constructor(clock: Clock, atMs: number);
    isDue(): boolean;
    ready(): boolean;
    block(): void;
    dispose(): void;
}
