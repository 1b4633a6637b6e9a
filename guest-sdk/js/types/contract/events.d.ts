/**
 * Events, as the contract carries them.
 */
import type { Event } from "../types.js";
export type RawEvent = {
    tag: string;
    val: any;
};
/** @import { Event, Progress } from "../types.js" */
/**
 * An event as the contract has it.
 * @typedef {{ tag: string, val: any }} RawEvent
 */
/**
 * @param {Event} event
 * @returns {RawEvent}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerEvent(event: Event): RawEvent;
/**
 * @param {RawEvent} raw
 * @returns {Event}
 */
export declare function liftEvent({ tag, val }: RawEvent): Event;
