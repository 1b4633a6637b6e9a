/**
 * What the operator reads.
 */
import type { Host } from "./host.js";
import type { Fields, Level } from "./types.js";
/** @import { Host } from "./host.js" */
/** @import { Fields, Level } from "./types.js" */
/**
 * Every level, from the least to the most important.
 * @type {readonly Level[]}
 */
export declare const LEVELS: readonly Level[];
/**
 * Writes lines to the host's log, with the invocation's id beside them: `cx.log`.
 *
 * ```js
 * cx.log.info("page read", { url: "https://example.org", bytes: 1024 });
 * ```
 */
export declare class Log {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * Writes a line.
     * @param {Level} level
     * @param {string} message
     * @param {Fields} [fields]
     * @throws {TypeError} Where there is no such level.
     */
    write(level: Level, message: string, fields?: Fields): void;
    /**
     * Every step.
     * @param {string} message
     * @param {Fields} [fields]
     */
    trace(message: string, fields?: Fields): void;
    /**
     * For whoever looks for a mistake.
     * @param {string} message
     * @param {Fields} [fields]
     */
    debug(message: string, fields?: Fields): void;
    /**
     * Something worth knowing.
     * @param {string} message
     * @param {Fields} [fields]
     */
    info(message: string, fields?: Fields): void;
    /**
     * Something that is not as it should be.
     * @param {string} message
     * @param {Fields} [fields]
     */
    warning(message: string, fields?: Fields): void;
    /**
     * Something that somebody has to look at.
     * @param {string} message
     * @param {Fields} [fields]
     */
    severe(message: string, fields?: Fields): void;
}
