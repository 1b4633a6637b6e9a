/**
 * Artifacts, as the contract carries them.
 */

import { Artifact } from "../artifacts.js";
import { liftedBytes, liftedJson, string, whole } from "./scalars.js";

/** @import { ArtifactInfo } from "../types.js" */

/**
 * What is in a version, as the contract has it.
 * @typedef {{ mimeType: string, data: Uint8Array }} RawBlob
 */

/**
 * A version without what is in it, as the contract has it.
 *
 * @typedef {object} RawArtifactInfo
 * @property {string} name
 * @property {number} version
 * @property {string} mimeType
 * @property {number | bigint} size
 * @property {number | bigint} createdAtMs
 * @property {string | null | undefined} extra
 */

/** The largest number of a version, and of bytes to read at once, that the contract has. */
const MAX = 2 ** 32 - 1;

/**
 * @param {unknown} name
 * @returns {string}
 * @throws {TypeError} Where it is no string.
 */
export function lowerName(name) {
  return string(name, "the name of an artifact");
}

/**
 * @param {Artifact} artifact
 * @returns {RawBlob}
 * @throws {TypeError} Where a value in it is not of its type.
 */
export function lowerArtifact({ mimeType, data }) {
  return { mimeType: string(mimeType, "a MIME type"), data };
}

/**
 * The number of a version, or of bytes. What is too large for the contract is as large as it can say.
 *
 * @param {unknown} value
 * @returns {number}
 * @throws {TypeError} Where it is no whole number.
 */
export function lowerNumber(value) {
  return Math.min(whole(value, "a version, or a number of bytes,"), MAX);
}

/**
 * @param {RawBlob} raw
 * @returns {Artifact}
 */
export function liftArtifact({ mimeType, data }) {
  return new Artifact(mimeType, liftedBytes(data));
}

/**
 * @param {RawArtifactInfo} raw
 * @returns {ArtifactInfo}
 */
export function liftArtifactInfo({ name, version, mimeType, size, createdAtMs, extra }) {
  const createdAt = new Date(Number(createdAtMs));
  return { name, version, mimeType, size: Number(size), createdAt, extra: liftedJson(extra) };
}
