/**
 * Artifacts, as the contract carries them.
 */
import { Artifact } from "../artifacts.js";
import type { ArtifactInfo } from "../types.js";
export type RawBlob = {
    mimeType: string;
    data: Uint8Array;
};
export type RawArtifactInfo = {
    name: string;
    version: number;
    mimeType: string;
    size: number | bigint;
    createdAtMs: number | bigint;
    extra: string | null | undefined;
};
/**
 * @param {unknown} name
 * @returns {string}
 * @throws {TypeError} Where it is no string.
 */
export declare function lowerName(name: unknown): string;
/**
 * @param {Artifact} artifact
 * @returns {RawBlob}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export declare function lowerArtifact({ mimeType, data }: Artifact): RawBlob;
/**
 * The number of a version, or of bytes. What is too large for the contract is as large as it can say.
 *
 * @param {unknown} value
 * @returns {number}
 * @throws {TypeError} Where it is no whole number.
 */
export declare function lowerNumber(value: unknown): number;
/**
 * @param {RawBlob} raw
 * @returns {Artifact}
 */
export declare function liftArtifact({ mimeType, data }: RawBlob): Artifact;
/**
 * @param {RawArtifactInfo} raw
 * @returns {ArtifactInfo}
 */
export declare function liftArtifactInfo({ name, version, mimeType, size, createdAtMs, extra }: RawArtifactInfo): ArtifactInfo;
