/**
 * Waiting for several things at once.
 */
import type { Timer } from "./host.js";
/** @import { Timer } from "./host.js" */
/**
 * Something that becomes ready: `cx.timer` makes one. Wait for several with `cx.waitAny`.
 */
export declare class Waitable {
    #private;
    /** @param {Timer} timer */
    constructor(timer: Timer);
    /**
     * Whether it is ready.
     * @returns {boolean}
     */
    ready(): boolean;
    /** Returns when it is ready, or at once when the invocation is being cancelled. */
    block(): void;
    /** Forgets the timer, which nothing may use after that. The end of the run does the same. */
    dispose(): void;
}
/**
 * Whole milliseconds, rounded up so that a wait is never shorter than what was asked for. What is longer than the host
 * can count is as long as JavaScript can: 285 000 years.
 *
 * @param {number} ms
 * @returns {number}
 * @throws {TypeError} Where it is no number.
 */
export declare function millis(ms: number): number;
