/**
 * What the client sees, in order.
 */
import { Content } from "./content.js";
import type { Host } from "./host.js";
import type { Emittable, Event, JsonInput, Progress, TextDelta, ThoughtDelta } from "./types.js";
/** @import { Host } from "./host.js" */
/** @import { Emittable, Event, JsonInput, Progress, TextDelta, ThoughtDelta } from "./types.js" */
/**
 * Text still being written. The same as the string alone.
 * @param {string} text
 * @returns {TextDelta}
 */
export declare function textDelta(text: string): TextDelta;
/**
 * A thought still being thought.
 * @param {string} text
 * @returns {ThoughtDelta}
 */
export declare function thoughtDelta(text: string): ThoughtDelta;
/**
 * How far the work is.
 *
 * @param {string} message What is being done, for a person.
 * @param {number} [done] How much of it is done, in the agent's own unit: a whole number.
 * @param {number} [total] How much there is, in the same unit: a whole number.
 * @returns {Progress}
 */
export declare function progress(message: string, done?: number, total?: number): Progress;
/**
 * Whether an event is stored, and with it the state changed so far.
 * @param {Event} event
 * @returns {boolean}
 */
export declare function isStored(event: Event): boolean;
/**
 * Sends events to the client: `cx.events`. An agent that is a generator yields the same things.
 *
 * Every call throws a {@link Failure}: `cancelled` once the invocation is being cancelled, another where a limit is
 * reached. Letting it pass is the right answer to both.
 */
export declare class Events {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * Sends one, or all of a list or none of it.
     *
     * @param {Emittable | readonly Emittable[]} events
     * @returns {number} The sequence number of this invocation's newest stored event; 0 where there is none.
     */
    emit(events: Emittable | readonly Emittable[]): number;
    /**
     * Text still being written. A client shows it at once; the finished content follows.
     * @param {string} text
     */
    textDelta(text: string): void;
    /**
     * A thought still being thought.
     * @param {string} text
     */
    thoughtDelta(text: string): void;
    /**
     * A finished piece of the conversation.
     * @param {Content} content
     * @returns {number} Its sequence number.
     */
    content(content: Content): number;
    /**
     * How far the work is.
     * @param {string} message What is being done, for a person.
     * @param {number} [done] How much of it is done, in the agent's own unit: a whole number.
     * @param {number} [total] How much there is, in the same unit: a whole number.
     */
    progress(message: string, done?: number, total?: number): void;
    /**
     * Anything the client and the agent agree on.
     * @param {string} name What the value means.
     * @param {JsonInput} value
     * @returns {number} Its sequence number.
     */
    custom(name: string, value: JsonInput): number;
}
