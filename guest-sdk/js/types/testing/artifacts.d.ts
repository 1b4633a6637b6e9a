/**
 * The artifacts of a test.
 */
import { Artifact } from "../artifacts.js";
import type { ArtifactInfo } from "../types.js";
import type { FakeHostOptions } from "./types.js";
export type Kept = {
    artifact: Artifact;
    atMs: number;
};
/**
 * A version, and when it was made.
 * @typedef {{ artifact: Artifact, atMs: number }} Kept
 */
/** Files in memory, with their versions. */
export declare class Files {
    #private;
    /** @param {NonNullable<FakeHostOptions["artifacts"]>} files */
    constructor(files: NonNullable<FakeHostOptions["artifacts"]>);
    /**
     * @param {string} name
     * @param {Artifact} artifact
     * @param {number} atMs
     * @returns {number}
     */
    save(name: string, artifact: Artifact, atMs: number): number;
    /**
     * @param {string} name
     * @param {number | undefined} version
     * @returns {Artifact | undefined}
     */
    load(name: string, version: number | undefined): Artifact | undefined;
    /**
     * @param {string} name
     * @param {number} version
     * @param {number} offset
     * @param {number} max
     * @returns {Uint8Array}
     */
    read(name: string, version: number, offset: number, max: number): Uint8Array;
    /**
     * @param {string} prefix
     * @returns {ArtifactInfo[]}
     */
    list(prefix: string): ArtifactInfo[];
    /**
     * @param {string} name
     * @returns {ArtifactInfo[]}
     */
    versions(name: string): ArtifactInfo[];
    /**
     * @param {string} name
     * @param {number | undefined} version
     * @returns {boolean}
     */
    remove(name: string, version: number | undefined): boolean;
    /**
     * What is there: each version of each name.
     * @returns {{ [name: string]: { [version: number]: Artifact } }}
     */
    all(): {
        [name: string]: {
            [version: number]: Artifact;
        };
    };
}
