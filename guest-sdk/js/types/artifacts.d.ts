/**
 * Named files that outlive the run.
 */
import type { Host } from "./host.js";
import type { ArtifactInfo, InlineDataPart, Json, JsonInput } from "./types.js";
/**
 * What is in a version. It is a part of a content as it is.
 * @implements {InlineDataPart}
 */
export declare class Artifact implements InlineDataPart {
    /** @readonly @type {"inline-data"} */
    type: "inline-data";
    /** @readonly @type {string} For example `text/plain`. */
    mimeType: string;
    /** @readonly @type {Uint8Array} */
    data: Uint8Array;
    /**
     * @param {string} mimeType
     * @param {Uint8Array} data
     */
    constructor(mimeType: string, data: Uint8Array);
    /**
     * The bytes as text, which is UTF-8.
     * @returns {string}
     */
    text(): string;
    /**
     * The text, parsed as JSON. The type argument is a promise of yours that nothing checks.
     *
     * @template {JsonInput} [T=Json]
     * @returns {T}
     * @throws {SyntaxError} Where it is no JSON.
     */
    json<T extends JsonInput = Json>(): T;
}
/**
 * Files that outlive the run: `cx.artifacts`. Each save makes a version, which never changes.
 *
 * A name that begins with `user:` is a file of the user, in all sessions with this agent; any other one is the session's. What follows
 * may have slashes: `reports/2026.md`.
 *
 * Every call throws a {@link Failure}, among others `denied` where it is not granted; `invalid-argument` for a name or a type that is
 * none; and `limit-exceeded` where a file is too large, or the user has too much.
 */
export declare class Artifacts {
    #private;
    /** @param {Host} host */
    constructor(host: Host);
    /**
     * Keeps a new version, and tells the client. What was saved stays where the run fails.
     *
     * ```js
     * const version = cx.artifacts.save("reports/2026.md", "# 2026", "text/markdown");
     * ```
     *
     * @param {string} name
     * @param {string | Uint8Array | ArrayBuffer | InlineDataPart} data A text is kept as UTF-8.
     * @param {string} [mimeType] That of the part where it is left out, `text/plain; charset=utf-8` for a string, and
     *   `application/octet-stream` for bytes.
     * @returns {number} Its number.
     */
    save(name: string, data: string | Uint8Array | ArrayBuffer | InlineDataPart, mimeType?: string): number;
    /**
     * The whole of a version; `undefined` where it is not there.
     *
     * @param {string} name
     * @param {number} [version] The newest where it is left out.
     * @returns {Artifact | undefined}
     */
    load(name: string, version?: number): Artifact | undefined;
    /**
     * A part of a version.
     *
     * @param {string} name
     * @param {number} version
     * @param {number} [offset] Where it begins, in bytes.
     * @param {number} [max] How many bytes it has at most.
     * @returns {Uint8Array} Empty at the end.
     * @throws {Failure} `not-found` where it is not there (any more).
     */
    read(name: string, version: number, offset?: number, max?: number): Uint8Array;
    /**
     * A version in pieces, so that it may be larger than memory.
     *
     * ```js
     * for (const piece of cx.artifacts.pieces("measurements.csv")) count(piece);
     * ```
     *
     * @param {string} name
     * @param {{ version?: number | undefined, max?: number | undefined }} [options] The version, the newest where it is left out, and
     *   how many bytes each piece has at most.
     * @returns {Generator<Uint8Array, void, unknown>}
     * @throws {Failure} `not-found` where it is not there.
     */
    pieces(name: string, { version, max }?: {
        version?: number | undefined;
        max?: number | undefined;
    }): Generator<Uint8Array, void, unknown>;
    /**
     * The newest version of each name that begins with this, sorted by name.
     *
     * @param {string} [prefix]
     * @returns {ArtifactInfo[]}
     */
    list(prefix?: string): ArtifactInfo[];
    /**
     * The versions of a name, newest first; none where there is none.
     *
     * @param {string} name
     * @returns {ArtifactInfo[]}
     */
    versions(name: string): ArtifactInfo[];
    /**
     * Removes a version.
     *
     * @param {string} name
     * @param {number} [version] All of them where it is left out.
     * @returns {boolean} False where there was none.
     */
    remove(name: string, version?: number): boolean;
}
