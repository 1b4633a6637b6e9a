/**
 * Waiting for several things at once.
 */
/// <reference lib="esnext.disposable" preserve="true" />
import type { Timer } from "./host.js";
/** @import { Timer } from "./host.js" */
/**
 * Something that becomes ready: `cx.timer` makes one; a `Child`, a `Running`, a `Completion` and an `Exchange` are such
 * things too. Wait for several with `cx.waitAny`.
 */
export declare class Waitable {
    #private;
    /** @param {Timer | (() => Timer)} timer A function makes one where somebody waits for it. */
    constructor(timer: Timer | (() => Timer));
    /**
     * Whether it is ready.
     * @returns {boolean}
     */
    ready(): boolean;
    /** Returns when it is ready, or at once when the invocation is being cancelled. */
    block(): void;
    /** Forgets the timer, which nothing may use after that. The end of the run does the same. */
    dispose(): void;
    /** The same at the end of the block, where it was declared with `using`. */
    [Symbol.dispose](): void;
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
