/**
 * What goes on beside the agent, once it was started.
 */
import { Waitable } from "./wait.js";
import type { Ongoing } from "./host.js";
/** @import { Ongoing } from "./host.js" */
/**
 * Something that goes on beside the agent. What becomes ready is its end.
 *
 * @template {Ongoing} W
 */
export declare class Started<W extends Ongoing> extends Waitable {
    #private;
    /** @param {W} work */
    constructor(work: W);
    /**
     * What the host calls it.
     * @protected
     * @returns {W}
     */
    protected get work(): W;
    /** Stops it. Does nothing where it is over. */
    cancel(): void;
    /**
     * Gives it up, which stops it unless it is over or detached. Nothing may use it after that. The end of the run does the
     * same, and so may the engine with what nothing refers to any more: keep what is to go on.
     * @override
     */
    dispose(): void;
}
