/**
 * The fake clock, and with it when a run is cancelled or too late.
 */
import type { FakeHostOptions } from "./types.js";
export type Limits = Pick<FakeHostOptions, "cancelAfterMs" | "cancelAfterCalls" | "deadlineMs">;
/** @import { FakeHostOptions } from "./types.js" */
/**
 * When a run is to end. Times are milliseconds since it began.
 * @typedef {Pick<FakeHostOptions, "cancelAfterMs" | "cancelAfterCalls" | "deadlineMs">} Limits
 */
/** Time since the run began, in milliseconds. It moves only when somebody waits. */
export declare class Clock {
    #private;
    /** @param {Limits} limits */
    constructor({ cancelAfterMs, cancelAfterCalls, deadlineMs }: Limits);
    get nowMs(): number;
    /** Counts a call to the host. It is the call after the last allowed one that is the first to see the cancellation. */
    countCall(): void;
    /** @returns {boolean} */
    isCancelled(): boolean;
    /** Whether nothing but what is waited for ends a wait. */
    isEndless(): boolean;
    /** @returns {number | undefined} */
    remainingMs(): number | undefined;
    /**
     * What every call that can fail asks first, in the order in which the real host does.
     * @throws {Failure}
     */
    check(): void;
    /**
     * Waits until then, or until the run is cancelled or too late, whichever is first.
     * @param {number} atMs
     */
    waitUntil(atMs: number): void;
}
