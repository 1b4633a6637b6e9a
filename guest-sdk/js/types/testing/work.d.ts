/**
 * What goes on beside a run under test.
 */
import { Failure } from "../failure.js";
import { FakeTimer } from "./timer.js";
import type { Clock } from "./clock.js";
export type Ending<R> = {
    afterMs: number;
    end: (() => R) | Failure;
};
/** @import { Clock } from "./clock.js" */
/**
 * How something ends: with what a function makes, anew for each who asks, or with a failure.
 *
 * @template R
 * @typedef {{ afterMs: number, end: (() => R) | Failure }} Ending
 */
/**
 * Something that is over at a time of the fake clock, with an end that is known from the beginning.
 *
 * @template R
 */
export declare class FakeWork<R> {
    #private;
    /**
     * @param {Clock} clock
     * @param {Ending<R>} ending
     * @param {Failure} stopped How it ends where it is stopped before.
     * @param {{ cancelled: boolean }} called What the test reads of it.
     */
    constructor(clock: Clock, { afterMs, end }: Ending<R>, stopped: Failure, called: {
        cancelled: boolean;
    });
    /**
     * When it is over, on the fake clock.
     * @protected
     */
    protected get overMs(): number;
    finish(): R;
    /**
     * Its end, as `finish` has it, for who has counted the call.
     * @returns {R}
     */
    wait(): R;
    cancel(): void;
    subscribe(): FakeTimer;
    dispose(): void;
    /** It is over now, if it was not before. */
    stop(): void;
}
/**
 * What a function of a test answers, or the failure that it throws.
 *
 * @template T
 * @param {() => T} run
 * @returns {T | Failure}
 */
export declare function attempt<T>(run: () => T): T | Failure;
/**
 * @param {string} what
 * @param {string} name
 * @param {Iterable<string>} names What there is.
 * @returns {Failure}
 */
export declare function notFound(what: string, name: string, names: Iterable<string>): Failure;
/**
 * What there is of an object.
 *
 * @template {object} T
 * @param {T} object
 * @returns {{ [K in keyof T]?: NonNullable<T[K]> }}
 */
export declare function defined<T extends object>(object: T): { [K in keyof T]?: NonNullable<T[K]>; };
