/**
 * The artifacts of a test.
 */

import { Artifact } from "../artifacts.js";
import { liftArtifact, lowerArtifact, lowerName, lowerNumber } from "../contract/artifacts.js";
import { whole } from "../contract/scalars.js";
import { Failure } from "../failure.js";
import { bytesOf } from "../http.js";

/** @import { ArtifactInfo } from "../types.js" */
/** @import { FakeFile, FakeHostOptions } from "./types.js" */

/** The longest name and the longest type that a host takes, in bytes. */
const MAX_NAME_BYTES = 255;
const MAX_TYPE_BYTES = 127;

/**
 * A version, and when it was made.
 * @typedef {{ artifact: Artifact, atMs: number }} Kept
 */

/** Files in memory, with their versions. */
export class Files {
  /** @type {Map<string, Map<number, Kept>>} */
  #files = new Map();
  /** The newest version that each name ever had, because a number is not used again. @type {Map<string, number>} */
  #newest = new Map();

  /** @param {NonNullable<FakeHostOptions["artifacts"]>} files */
  constructor(files) {
    for (const [name, said] of Object.entries(files)) {
      for (const [version, file] of versionsOf(said)) this.#keep(name, Number(version), Artifact.of(file), 0);
    }
  }

  /**
   * @param {string} name
   * @param {Artifact} artifact
   * @param {number} atMs
   * @returns {number}
   */
  save(name, artifact, atMs) {
    const version = (this.#newest.get(name) ?? 0) + 1;
    this.#keep(lowerName(name), version, artifact, atMs);
    return version;
  }

  /**
   * @param {string} name
   * @param {number | undefined} version
   * @returns {Artifact | undefined}
   */
  load(name, version) {
    const kept = this.#kept(name);
    const found = kept.get(version === undefined ? Math.max(...kept.keys()) : lowerNumber(version));
    return found && liftArtifact(lowerArtifact(found.artifact));
  }

  /**
   * @param {string} name
   * @param {number} version
   * @param {number} offset
   * @param {number} max
   * @returns {Uint8Array}
   */
  read(name, version, offset, max) {
    const artifact = this.load(name, lowerNumber(version));
    if (!artifact) throw Failure.notFound(`there is no version ${version} of the artifact \`${name}\``);
    return artifact.data.slice(whole(offset, "an offset"), offset + lowerNumber(max));
  }

  /**
   * @param {string} prefix
   * @returns {ArtifactInfo[]}
   */
  list(prefix) {
    const names = [...this.#files.keys()].filter((name) => name.startsWith(lowerName(prefix)));
    return names.sort().flatMap((name) => this.versions(name).slice(0, 1));
  }

  /**
   * @param {string} name
   * @returns {ArtifactInfo[]}
   */
  versions(name) {
    const kept = [...this.#kept(name)].sort(([a], [b]) => b - a);
    return kept.map(([version, { artifact: { mimeType, data }, atMs }]) => {
      return { name, version, mimeType, size: data.length, createdAt: new Date(atMs), extra: undefined };
    });
  }

  /**
   * @param {string} name
   * @param {number | undefined} version
   * @returns {boolean}
   */
  remove(name, version) {
    const kept = this.#kept(name);
    const there = kept.size > 0;
    const removed = version === undefined ? there : kept.delete(lowerNumber(version));
    if (version === undefined || kept.size === 0) this.#files.delete(name);
    return removed;
  }

  /**
   * What is there: each version of each name.
   * @returns {{ [name: string]: { [version: number]: Artifact } }}
   */
  all() {
    const versions = (/** @type {Map<number, Kept>} */ kept) => [...kept].map(([version, { artifact }]) => [version, artifact]);
    return Object.fromEntries([...this.#files].map(([name, kept]) => [name, Object.fromEntries(versions(kept))]));
  }

  /**
   * @param {string} name
   * @param {number} version
   * @param {Artifact} artifact
   * @param {number} atMs
   */
  #keep(name, version, artifact, atMs) {
    const kept = this.#kept(name);
    const raw = lowerArtifact(artifact);
    checkType(raw.mimeType);
    kept.set(version, { artifact: liftArtifact(raw), atMs });
    this.#files.set(name, kept);
    this.#newest.set(name, Math.max(version, this.#newest.get(name) ?? 0));
  }

  /**
   * @param {string} name
   * @returns {Map<number, Kept>}
   */
  #kept(name) {
    checkName(lowerName(name));
    return this.#files.get(name) ?? new Map();
  }
}

/**
 * @param {FakeFile | { readonly [version: number]: FakeFile }} said
 * @returns {[version: string, file: FakeFile][]}
 */
function versionsOf(said) {
  const isFile = typeof said === "string" || said instanceof Uint8Array || "mimeType" in said;
  return isFile ? [["1", /** @type {FakeFile} */ (said)]] : Object.entries(said);
}

/**
 * @param {string} name
 * @throws {Failure} Where a host would not take it.
 */
function checkName(name) {
  const { length } = bytesOf(name);
  if (length > MAX_NAME_BYTES) {
    throw Failure.invalidArgument(`the name of an artifact has ${length} bytes; ${MAX_NAME_BYTES} are allowed`);
  }
  const rest = name.replace(/^user:/, "");
  if (rest === "") throw Failure.invalidArgument("an artifact needs a name");
  const unusable = rest.split("/").some((part) => ["", ".", ".."].includes(part));
  if (unusable || /[\u0000-\u001f\u007f-\u009f\\]/.test(rest)) {
    const why = "it has no control characters and no \\, and its parts are neither empty nor . nor ..";
    throw Failure.invalidArgument(`${JSON.stringify(name)} cannot be the name of an artifact: ${why}`);
  }
}

/**
 * @param {string} mimeType
 * @throws {Failure} Where a host would not take it.
 */
function checkType(mimeType) {
  if (/^[ -.0-~]+\/[ -~]+$/.test(mimeType) && mimeType.length <= MAX_TYPE_BYTES) return;
  throw Failure.invalidArgument(`${JSON.stringify(mimeType)} is not the type of a file: write one as text/plain or image/png`);
}
